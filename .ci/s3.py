"""Puts the files of a folder below an address of an S3 endpoint that takes any signature: s3.py ADDRESS FOLDER; or prints
the object at an address: s3.py ADDRESS. Needs nothing but Python."""

import pathlib
import sys
import time
import urllib.error
import urllib.request


def send(request):
    """A server that has just been started may not listen yet."""
    for left in reversed(range(600)):
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.read()
        except urllib.error.HTTPError:
            raise
        except OSError:
            if left == 0:
                raise
            time.sleep(0.2)


if len(sys.argv) == 3:
    for file in sorted(pathlib.Path(sys.argv[2]).iterdir()):
        send(urllib.request.Request(f"{sys.argv[1]}/{file.name}", data=file.read_bytes(), method="PUT"))
else:
    sys.stdout.write(send(sys.argv[1]).decode())
