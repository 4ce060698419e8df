"""Each kind of mistake in a configuration: `check` names file, line and remedy, and `serve` refuses with the same words.

That a reload keeps the old configuration is in test_reload.py, for the same mistakes.
"""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from harness import BINARY

RIGHT = """{
    "state": "state",
    "listen": { "socket": "a.sock" },
    "stash": {
        "shops": [
            {
                "id": "shop-1",
                "environment": "TEST",
                "purchaseKeys": [
                    { "name": "one", "file": "one" },
                ],
            },
        ],
    },
}
"""

# What is changed in it, the line of the fault, what is wrong, and what to do about it.
MISTAKES = {
    "no JSON": ('"listen": {', '"listen": [', 3, "", ""),
    "unknown key": ('"state":', '"stats":', 2, 'unknown key "stats"', 'known are "demo", "state"'),
    "unknown key deep inside": ('"file": "one"', '"fil": "one"', 10, 'unknown key "fil" in "stash.shops[0].purchaseKeys[0]"',
                                'known are "name", "file"'),
    "doubled key": ('"environment": "TEST"', '"id": "shop-2"', 8, "", ""),
    "wrong type": ('"state": "state"', '"state": 7', 2, '"state" must be a string', "and not empty"),
    "wrong value": ('"TEST"', '"TESTING"', 8, '"stash.shops[0].environment" must be one of', '"TEST", "PRODUCTION"'),
    "duplicate name": ('{ "name": "one", "file": "one" },', '{ "name": "one", "file": "one" },\n{ "name": "one", "file": "two" },',
                       11, 'another key of this shop is named "one"', "name them apart"),
    "missing secret": ('"file": "one"', '"file": "none"', 10, "none: No such file", "Put the secret there"),
    "secret that is a folder": ('"file": "one"', '"file": "folder"', 10, "folder: Is a directory", "Put the secret there"),
    "empty secret": ('"file": "one"', '"file": "empty"', 10, "empty: the file is empty", "Put the secret there"),
    "secret readable by others": ('"file": "one"', '"file": "open"', 10, "every user can read this secret",
                                  "Close it (chmod 0600 "),
    "sample secret": ('"file": "one"', '"file": "sample"', 10, "this is a sample from the documentation",
                      "openssl rand -base64 32"),
}


class BadConfigurationTests(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-bad-", dir="/tmp"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        for name, text, mode in [("one", "one-Zm9yIHRlc3RzIG9ubHk", 0o600), ("two", "two-Zm9yIHRlc3RzIG9ubHk", 0o600),
                                 ("empty", "\n", 0o600), ("sample", "cad1\n", 0o600),
                                 ("open", "open-Zm9yIHRlc3RzIG9ubHk", 0o644)]:
            (self.folder / name).write_text(text)
            (self.folder / name).chmod(mode)
        (self.folder / "folder").mkdir()
        self.file = self.folder / "tollgate.json"

    def run_tool(self, *arguments):
        return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=60)

    def test_the_right_one_is_right(self):
        self.file.write_text(RIGHT)
        result = self.run_tool("check", self.file)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)

    def test_check_names_file_line_and_remedy_and_serve_refuses_with_the_same_words(self):
        for name, (old, new, line, wrong, remedy) in MISTAKES.items():
            with self.subTest(name):
                self.assertEqual(RIGHT.count(old), 1)
                self.file.write_text(RIGHT.replace(old, new))
                checked = self.run_tool("check", self.file)
                self.assertEqual(checked.returncode, 1)
                self.assertRegex(checked.stderr, rf"{self.file}:{line}:\d+: ")
                for text in (wrong, remedy):
                    self.assertIn(text, checked.stderr)
                self.assertNotRegex(checked.stderr, "Swift|Optional|Error\\(")
                served = self.run_tool("serve", "--config", self.file)
                self.assertEqual(served.returncode, 1)
                self.assertIn(checked.stderr.strip().removeprefix("Error: "), served.stderr)
                self.assertFalse((self.folder / "state").exists(), "nothing is touched")

    def test_a_file_that_is_not_there_is_named(self):
        result = self.run_tool("check", self.folder / "none.json")
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"{self.folder}/none.json", result.stderr)


if __name__ == "__main__":
    unittest.main()
