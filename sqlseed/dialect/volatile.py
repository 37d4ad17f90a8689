"""What no model may call: what answers from clock, chance, session or server, or acts on them."""

from __future__ import annotations

FUNCTIONS = frozenset(
    """
    now clock_timestamp statement_timestamp transaction_timestamp timeofday
    random random_normal setseed gen_random_uuid gen_random_bytes
    uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 uuidv4 uuidv7
    nextval currval lastval setval txid_current txid_current_snapshot pg_current_xact_id pg_current_snapshot
    pg_backend_pid pg_sleep pg_sleep_for pg_sleep_until pg_postmaster_start_time pg_conf_load_time
    current_setting set_config inet_client_addr inet_client_port inet_server_addr inet_server_port version
    current_schemas pg_read_file pg_read_binary_file pg_ls_dir pg_stat_file lo_import lo_export
    dblink dblink_exec pg_notify pg_cancel_backend pg_terminate_backend
    pg_advisory_lock pg_advisory_xact_lock pg_advisory_lock_shared pg_advisory_xact_lock_shared
    pg_try_advisory_lock pg_try_advisory_xact_lock pg_advisory_unlock pg_advisory_unlock_all
    """.split()  # noqa: SIM905
)
"""As pg_proc.provolatile marks them: volatile, or stable where the answer is the session's and not a table's."""
