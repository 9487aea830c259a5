"""Runs Python programs in forks of itself: a request and an answer a line, in JSON, through the named pipes of its arguments."""
import io
import json
import os
import runpy
import sys
import tempfile
import time
import traceback

import h5py
import numpy as np


def run(request, out, err):
    """In the new process, which ends as any other: files that were left open are closed on the way."""
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    sys.stdin = io.StringIO(request.get("input", ""))
    sys.argv = [request.get("script", "-"), *request["args"]]
    try:
        if "script" in request:
            sys.path.insert(0, os.path.dirname(request["script"]))
            runpy.run_path(request["script"], run_name="__main__")
        else:
            names = {"__name__": "__main__", "sys": sys, "h5py": h5py, "np": np, "args": request["args"]}
            exec(compile(request["code"], "<program>", "exec"), names)
    except SystemExit:
        raise
    except BaseException:
        traceback.print_exc()
        sys.exit(1)
    sys.exit(0)


with open(sys.argv[1], encoding="utf-8") as requests, open(sys.argv[2], "w", encoding="utf-8") as answers:
    for line in requests:
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            child = os.fork()
            if child == 0:
                run(json.loads(line), out.fileno(), err.fileno())
            _, status = os.waitpid(child, 0)
            answer = {"status": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None}
            for name, stream in (("stdout", out), ("stderr", err)):
                stream.seek(0)
                answer[name] = stream.read().decode("utf-8", "replace")
        print(json.dumps(answer), file=answers, flush=True)
