"""A real browser without a window: Chromium, driven by chromedriver over W3C WebDriver with the standard library."""
import base64
import json
import os
import re
import shutil
import tempfile
import urllib.request

from harness import Process, wait_until

CHROMIUM = shutil.which("chromium")
DRIVER = shutil.which("chromedriver")
# What identifies an element in WebDriver's JSON (W3C WebDriver, section 12.2).
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
WIDTH, HEIGHT = 900, 600


class Browser:
    """One window of 900 by 600 points, without scripts, that reaches nothing but the loopback; a context manager."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="tollgate-browser-")
        self.driver = Process([DRIVER, "--port=0"], f"{self.folder}/driver.log")
        self.session = None
        try:
            port = wait_until(lambda: re.search(r"started successfully on port (\d+)", self.driver.output()), 30,
                              "chromedriver says where it listens").group(1)
            self.url = f"http://127.0.0.1:{port}"
            self.session = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": self.capabilities()}})["sessionId"]
            self.devtools("Emulation.setDeviceMetricsOverride", width=WIDTH, height=HEIGHT, deviceScaleFactor=1,
                          mobile=False)
            self.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "light"}])
        except BaseException:
            self.close()
            raise

    def capabilities(self):
        arguments = ["--headless=new", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                     "--disable-sync", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server",
                     f"--user-data-dir={self.folder}/profile",
                     # Nothing but the loopback has a name or is reached.
                     "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"]
        if os.getuid() == 0:
            arguments.append("--no-sandbox")  # Chromium refuses to run as root with it.
        return {"browserName": "chrome", "acceptInsecureCerts": True,
                "goog:loggingPrefs": {"browser": "ALL"},
                "goog:chromeOptions": {"binary": CHROMIUM, "args": arguments,
                                       "prefs": {"profile.managed_default_content_settings.javascript": 2}}}

    def ask(self, method, path, body=None):
        request = urllib.request.Request(self.url + path, method=method,
                                         data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"chromedriver: {json.load(error)['value']['message'][:500]}") from None

    def command(self, method, path, body=None):
        return self.ask(method, f"/session/{self.session}{path}", body)

    def devtools(self, name, **parameters):
        return self.command("POST", "/goog/cdp/execute", {"cmd": name, "params": parameters})

    def open(self, url):
        self.command("POST", "/url", {"url": url})

    def set_cookie(self, name, value):
        """For the host whose page is open; as Open Event sets it."""
        self.command("POST", "/cookie", {"cookie": {"name": name, "value": value, "secure": True, "httpOnly": True,
                                                    "sameSite": "Lax"}})

    @property
    def address(self):
        return self.command("GET", "/url")

    @property
    def title(self):
        return self.command("GET", "/title")

    def all(self, selector):
        return [found[ELEMENT] for found in
                self.command("POST", "/elements", {"using": "css selector", "value": selector})]

    def text(self, selector):
        return " ".join(self.command("GET", f"/element/{element}/text") for element in self.all(selector))

    def style(self, selector, name):
        return self.command("GET", f"/element/{self.all(selector)[0]}/css/{name}")

    def click(self, selector):
        """Follows a link or sends a form; returns on the next page."""
        elements = self.all(selector)
        assert len(elements) == 1, f"{selector}: {len(elements)} elements on {self.address}"
        before = self.all("html")
        self.command("POST", f"/element/{elements[0]}/click", {})
        # A page of another site may begin only after the click has been answered.
        try:
            self._wait_for_another_page(before, selector, 10)
        except AssertionError:
            # Seen once in twenty: a click into a page not yet painted is answered and goes nowhere. Whoever sits before
            # it clicks again.
            if self.all("html") == before:
                self.command("POST", f"/element/{elements[0]}/click", {})
            self._wait_for_another_page(before, selector, 30)

    def _wait_for_another_page(self, before, selector, seconds):
        wait_until(lambda: self.all("html") not in ([], before), seconds, f"the page behind {selector}")

    def fill(self, selector, text):
        element = self.all(selector)[0]
        self.command("POST", f"/element/{element}/clear", {})
        self.command("POST", f"/element/{element}/value", {"text": text})

    def complaints(self):
        """What the browser's console says, such as what a policy stopped; each once."""
        return [entry["message"] for entry in self.command("POST", "/se/log", {"type": "browser"})]

    def screenshot(self):
        return base64.b64decode(self.command("GET", "/screenshot"))

    def close(self):
        try:
            if self.session:
                self.command("DELETE", "")
        finally:
            self.driver.stop()
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
