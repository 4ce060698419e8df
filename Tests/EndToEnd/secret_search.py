"""Looks for secrets in every file of a folder: as they are, and as base64 and hexadecimal digits hold them."""
import base64
import pathlib
import re

# Shorter than this, and what is left of a secret in base64 would be found by chance.
SHORTEST = 8
BLANKS = [byte * (1 << 20) for byte in (b"\0", b"\n", b" ")]


def forms(secret):
    """Every text a file could hold the secret as. Base64 depends on where in what was encoded the secret stood."""
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + secret)
        # The first and the last characters hold bits of what stood beside it.
        start = (0, 2, 3)[offset]
        end = (offset + len(secret)) * 8 // 6
        inner = encoded[start:end]
        if len(inner) >= SHORTEST:
            yield inner
            yield inner.replace(b"+", b"-").replace(b"/", b"_")


def written(path):
    """A file's bytes without the blank ones at its end: a segment is made at its full size, 64 MiB."""
    parts = []
    with open(path, "rb") as file:
        while part := file.read(len(BLANKS[0])):
            parts.append(part)
    while parts and parts[-1] in BLANKS:
        parts.pop()
    return b"".join(parts)


def found(folder, secrets, skipping=()):
    """`file: secret` for each that is there. `skipping`: folders of configuration, which hold keys on purpose."""
    hits, files = [], 0
    wanted = {form: secret for secret in secrets for form in forms(secret.encode())}
    # One pass over each file, however many forms there are.
    pattern = re.compile(b"|".join(map(re.escape, sorted(wanted, key=len, reverse=True))))
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if not path.is_file() or any(part in path.parts for part in skipping) or path.suffix == ".pem":
            continue
        files += 1
        content = written(path)
        hits += sorted({f"{path}: {wanted[form]}" for form in pattern.findall(content)})
    assert files > 0, f"there was nothing to search in {folder}"
    return hits
