"""Runs every end-to-end test: python3 Tests/EndToEnd [pattern]. Ends with a summary line and a status."""
import pathlib
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

import harness  # noqa: E402  (the path above first)


def main():
    pattern = sys.argv[1] if len(sys.argv) > 1 else "test_*.py"
    if not harness.BINARY.exists():
        sys.exit(f"{harness.BINARY} is not there: build it first, or name it in TOLLGATE")
    started = time.monotonic()
    suite = unittest.defaultTestLoader.discover(str(HERE), pattern=pattern)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    for test, reason in result.skipped:
        print(f"skipped: {test.id()}: {reason}")
    # A failed subtest counts for its test.
    failed = {getattr(test, "test_case", test).id() for test, _ in result.failures + result.errors}
    passed = result.testsRun - len(failed) - len(result.skipped)
    print(f"End to end: {passed} passed, {len(failed)} failed, "
          f"{len(result.skipped)} skipped in {time.monotonic() - started:.0f} s")
    # An empty run has proved nothing.
    sys.exit(0 if result.wasSuccessful() and result.testsRun > 0 else 1)


main()
