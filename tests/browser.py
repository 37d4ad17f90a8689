"""A headless Chromium, driven over the DevTools protocol: Debian's package, never a download.

Where there is none a test that asks for it is skipped and says so; in CI it fails.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PATIENCE = 60  # seconds that an answer may take on a machine that does other things as well
FLAGS = (
    "--headless",
    "--no-sandbox",  # tests run as root in containers
    "--disable-dev-shm-usage",  # a container gives it 64 MB
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--remote-debugging-port=0",
)

# How many elements have text of their own, and those that are less legible than WCAG asks of small text.
PALE = """(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const linear = (c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const behind = (one) => {
    const frame = one.closest("svg") && one.parentElement.querySelector("rect");
    if (frame) return numbers(getComputedStyle(frame).fill);
    for (let up = one; up; up = up.parentElement) {
      const found = numbers(getComputedStyle(up).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const own = (one) => [...one.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  const shown = [...document.body.querySelectorAll("*")].filter(
    (one) => !one.matches("script, title") && own(one) && one.checkVisibility());
  const pale = [];
  for (const one of shown) {
    const style = getComputedStyle(one);
    const ends = [light(numbers(one.closest("svg") ? style.fill : style.color)), light(behind(one))];
    const contrast = (Math.max(...ends) + 0.05) / (Math.min(...ends) + 0.05);
    if (contrast < 4.5) pale.push(`${contrast.toFixed(2)} ${one.tagName} ${one.textContent.slice(0, 30)}`);
  }
  return [shown.length, pale];
})()"""


class Page:
    """One tab. What it complains of and what it asks the network for is kept."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self._numbers = itertools.count(1)
        self._loaded: set[str] = set()
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)  # as if the window were in front
        self.call("Page.setLifecycleEventsEnabled", enabled=True)

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """The answer to one command of the protocol; events that come before it are kept."""
        number = next(self._numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv(timeout=PATIENCE))
            if message.get("id") == number:
                assert "error" not in message, (method, message["error"])
                answer: dict[str, Any] = message["result"]
                return answer
            self._event(message)

    def _event(self, message: dict[str, Any]) -> None:
        method, params = message["method"], message["params"]
        if method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.complaints.append(str(params["args"]))
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(str(params["exceptionDetails"]))
        elif method == "Log.entryAdded":
            self.complaints.append(str(params["entry"]))
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Page.lifecycleEvent" and params["name"] == "load":
            self._loaded.add(params["loaderId"])

    def open(self, path: Path, *, width: int = 1280, height: int = 800, dark: bool = False, fragment: str = "") -> None:
        """Load a file in a window of that size (CSS px), in light or dark; returns when it has loaded."""
        self.resize(width, height)
        self.emulate(dark=dark)
        self._navigate("about:blank")  # the same file with another fragment would not be loaded again
        self.complaints.clear()
        self.requests.clear()
        self._navigate(path.as_uri() + fragment)

    def _navigate(self, url: str) -> None:
        load = self.call("Page.navigate", url=url)["loaderId"]
        until = time.monotonic() + PATIENCE
        while load not in self._loaded:
            self._event(json.loads(self.socket.recv(timeout=until - time.monotonic())))

    def resize(self, width: int, height: int = 800) -> None:
        """Another size of the window, in CSS px."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def emulate(self, *, dark: bool = False, media: str = "") -> None:
        """Light or dark, screen or print."""
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", media=media, features=features)

    def run(self, expression: str) -> Any:
        """The value of an expression; a promise is awaited."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def overflow(self) -> int:
        """How far the page scrolls sideways, in CSS px."""
        wide: int = self.run("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return wide

    def pale(self) -> tuple[int, list[str]]:
        """How many elements show text, and those whose contrast is under 4.5, with their contrast."""
        tried, found = self.run(PALE)
        return tried, found

    def press(self, key: str, *, shift: bool = False, text: str = "") -> None:
        """One key, down and up; `text` is what it writes."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32}
        params: dict[str, Any] = {"key": key, "code": key, "modifiers": 8 if shift else 0}
        params |= {"windowsVirtualKeyCode": codes.get(key, 0)} | ({"text": text} if text else {})
        self.call("Input.dispatchKeyEvent", type="keyDown", **params)
        self.call("Input.dispatchKeyEvent", type="keyUp", **params)

    def write(self, text: str) -> None:
        """Text into what has the focus, as a keyboard or a paste gives it."""
        self.call("Input.insertText", text=text)

    def screenshot(self, path: Path) -> None:
        """What the window shows, as a PNG file."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def pdf(self) -> bytes:
        """The page as it prints."""
        return base64.b64decode(self.call("Page.printToPDF", displayHeaderFooter=False)["data"])


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Page]:
    """A browser with one tab and a profile of its own below `folder`; it is gone afterwards."""
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium on this machine: apt-get install chromium")
        pytest.skip("no Chromium on this machine (Debian's package chromium)")
    profile = folder / "profile"
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        with connect(_address(profile, process), max_size=None, open_timeout=PATIENCE) as socket:
            yield Page(socket)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _address(profile: Path, process: subprocess.Popen[bytes]) -> str:
    """The address of the tab, which is there once the browser has written its port down."""
    from urllib.request import urlopen

    written = profile / "DevToolsActivePort"
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        if written.exists() and written.read_text("utf-8").count("\n"):
            port = int(written.read_text("utf-8").split("\n")[0])
            with urlopen(f"http://127.0.0.1:{port}/json/list", timeout=PATIENCE) as answer:
                tabs = [tab for tab in json.load(answer) if tab["type"] == "page"]
            if tabs:
                address: str = tabs[0]["webSocketDebuggerUrl"]
                return address
        time.sleep(0.05)
    raise AssertionError(f"{CHROMIUM} did not start (exit code {process.poll()})")
