-- The application's own schema, as its migrations would make it. sqlseed fills these tables and changes nothing about
-- them.

create table station (
    id          serial primary key,
    region      text not null,
    code        text not null unique,
    name        text not null,
    elevation_m integer not null,
    opened_on   date not null
);

create table sensor (
    id         serial primary key,
    station_id integer not null references station (id) on delete cascade,
    kind       text not null check (kind in ('temperature', 'humidity', 'rain')),
    model      text not null,
    unique (station_id, kind)
);

create table reading (
    id         bigserial primary key,
    sensor_id  integer not null references sensor (id) on delete cascade,
    taken_at   timestamp not null,
    value      numeric(6, 1) not null,
    is_suspect boolean not null default false,
    unique (sensor_id, taken_at)
);
