"""The organiser's way to Stripe and back in a real browser, Chromium without scripts.

SCREENSHOTS names a folder that gets the pictures of docs/; without it they are made and judged only.
"""
import os
import pathlib
import struct
import unittest
import urllib.parse

import browser
from test_stripe import OWNER, STRANGER, StripeTestCase, token

SCREENSHOTS = os.environ.get("SCREENSHOTS")


@unittest.skipUnless(browser.CHROMIUM and browser.DRIVER, "chromium and chromedriver are not installed: make browser-test")
class BrowserPageTests(StripeTestCase):
    def setUp(self):
        super().setUp()
        self.browser = browser.Browser()
        self.addCleanup(self.browser.close)
        # `localhost`, which Stripe's stand-in at 127.0.0.1 is another site to.
        self.origin = f"https://localhost:{self.deployment.nginx.port}"

    def log_in(self, user):
        self.open_page(1)
        self.browser.set_cookie("access_token_cookie", token(user))

    def open_page(self, event):
        self.browser.open(f"{self.origin}/v1/events/{event}/stripe-authorization/page")

    def picture(self, name):
        image = self.browser.screenshot()
        self.assertEqual(image[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(struct.unpack(">II", image[16:24]), (browser.WIDTH, browser.HEIGHT))
        self.assertLess(len(image), 80_000)
        if SCREENSHOTS:
            (pathlib.Path(SCREENSHOTS) / f"{name}.png").write_bytes(image)

    def assert_nothing_was_stopped(self):
        self.assertEqual([line for line in self.browser.complaints() if "Content Security Policy" in line], [])

    def test_button_stripe_connected(self):
        self.open_page(1)
        self.assertEqual(self.browser.text("h1"), "Please log in")
        self.log_in(OWNER)
        self.open_page(1)
        self.assertIn("Not connected yet.", self.browser.text("main"))
        # Allowed by the policy's hash, or the button would look like any link.
        self.assertEqual(self.browser.style("a.button", "background-color"), "rgba(75, 50, 195, 1)")
        self.assert_nothing_was_stopped()
        self.picture("stripe-connect")

        self.browser.click("a.button")
        self.assertTrue(self.browser.address.startswith(f"{self.stripe.url}/oauth/authorize?"), self.browser.address)
        self.browser.fill("input[name=code]", "ac_ok_BROWSER")
        self.browser.click("button[value=connect]")
        back = self.browser.address
        self.assertTrue(back.startswith(f"{self.origin}/v1/stripe-authorizations/callback?"), back)
        self.assertIn("Stripe is connected", self.browser.text("main"))
        self.assertEqual(self.browser.style(".good", "border-left-color"), "rgba(9, 130, 93, 1)")
        self.assert_nothing_was_stopped()
        self.picture("stripe-connected")
        self.assertTrue(self.is_linked(1))

        self.browser.open(back)
        self.assertEqual(self.browser.text("h1"), "This is not possible", "a state is good once")
        self.assertEqual(self.exchanges(), ["ac_ok_BROWSER"])
        self.browser.open(f"{self.origin}/v1/events/1/stripe-authorization/page")
        self.assertIn("Connected.", self.browser.text("main"))

    def test_who_says_no_at_stripe_reads_it_and_finds_the_way_back(self):
        self.log_in(OWNER)
        self.open_page(2)
        self.browser.click("a.button")
        self.browser.click("button[value=deny]")
        self.assertIn("The user denied your request", self.browser.text("main"))
        self.assert_nothing_was_stopped()
        self.picture("stripe-refused")
        self.browser.click(f'a[href="/v1/events/2/stripe-authorization/page"]')
        self.assertIn("Not connected yet.", self.browser.text("main"))
        self.assertEqual(self.exchanges(), [])
        self.assertFalse(self.is_linked(2))

    def test_what_comes_back_from_stripe_is_text_and_never_a_page_of_its_own(self):
        self.log_in(OWNER)
        self.open_page(3)
        self.browser.click("a.button")
        state = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.browser.address).query))["state"]
        evil = '<b id="evil">x</b><script>document.title="evil"</script><img src=x onerror="document.title=1">'
        query = urllib.parse.urlencode({"error": "access_denied", "error_description": evil, "state": state})
        self.browser.open(f"{self.origin}/v1/stripe-authorizations/callback?{query}")
        self.assertIn(evil, self.browser.text("main"))
        self.assertEqual(self.browser.all("#evil, script, img"), [])
        self.assertNotIn("evil", self.browser.title)

    def test_who_may_not_connect_finds_no_button(self):
        self.log_in(STRANGER)
        self.open_page(1)
        self.assertEqual(self.browser.text("h1"), "This is not possible")
        self.assertEqual(self.browser.all("a.button"), [])
