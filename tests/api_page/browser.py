"""Chromium or Chrome without a window, driven by chromedriver over the W3C WebDriver protocol."""

import contextlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from processes import free_port, running, wait_until_listening

WAIT_SECONDS = 30
# The protocol writes the control key like this, and an element is in an object under this key.
CONTROL = "\ue009"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,2400",
    # No name but those of this machine has an address.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]

# Connects to the driver directly, even if the environment names a proxy.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Browser:
    def __init__(self, driver_url, folder):
        self.session = f"{driver_url}/session"
        options = {"binary": browser_program(), "args": [*FLAGS, f"--user-data-dir={folder}"]}
        wanted = {
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        answer = self.command("", {"capabilities": {"alwaysMatch": wanted}})
        self.session += f"/{answer['sessionId']}"

    def command(self, path, body=None, method="POST"):
        data = json.dumps(body or {}).encode() if method == "POST" else None
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.session + path, data, headers, method=method)
        try:
            with DIRECT.open(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            sys.exit(f"chromedriver: {json.load(error)['value']['message']}")

    def open(self, url):
        self.command("/url", {"url": url})

    def evaluate(self, script, *args):
        """Runs a script in the page, and returns what it returns."""
        return self.command("/execute/sync", {"script": script, "args": list(args)})

    def texts(self, selector):
        """Returns the texts of all elements that match."""
        script = "return [...document.querySelectorAll(arguments[0])].map((it) => it.textContent)"
        return self.evaluate(script, selector)

    def wait_for(self, selector):
        """Waits for an element that matches, and returns it."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            found = self.evaluate("return document.querySelector(arguments[0])", selector)
            if found:
                return found[ELEMENT]
            time.sleep(0.05)
        raise AssertionError(f"{selector} did not appear in {WAIT_SECONDS} seconds")

    def click(self, selector):
        self.command(f"/element/{self.wait_for(selector)}/click")

    def type(self, selector, text):
        """Replaces the text of a field."""
        element = self.wait_for(selector)
        for keys in [CONTROL + "a", text]:
            self.command(f"/element/{element}/value", {"text": keys})

    def log(self, kind):
        return self.command("/se/log", {"type": kind})

    def requested_urls(self):
        """Returns the URLs of all requests since the last call."""
        messages = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        sent = [it["params"] for it in messages if it["method"] == "Network.requestWillBeSent"]
        return [params["request"]["url"] for params in sent]


def browser_program():
    """The path of Chromium, or of Chrome, as the machines of GitHub have it."""
    for name in ["chromium", "google-chrome"]:
        if path := shutil.which(name):
            return path
    sys.exit("there is neither chromium nor google-chrome on the PATH")


@contextlib.contextmanager
def running_browser():
    """Runs a browser with an empty profile until the end of the block."""
    port = free_port()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        with running(["chromedriver", f"--port={port}"], **quiet) as driver:
            wait_until_listening(driver, port)
            browser = Browser(f"http://127.0.0.1:{port}", folder)
            try:
                yield browser
            finally:
                browser.command("", method="DELETE")
