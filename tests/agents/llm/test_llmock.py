"""A fault-injecting model server that this project did not write judges how the router behaves, in both formats."""

import asyncio
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest

from agents.llm import CircuitBreaker, Deployment, LLMError, LocalGate, Message, RetryPolicy, Router
from agents.llm.deployment import Wire
from tests.agents.llm.servers import KEY

pytestmark = [pytest.mark.walk, pytest.mark.usefixtures("routers")]
# So many that every kind is met, so few that ten attempts, beyond which the server sees a storm, always suffice.
FAULTS = ("429=0.12", "500=0.05", "503=0.05", "529=0.03")
STREAM_FAULTS = ("disconnect=0.06", "truncate=0.08", "malformed=0.08")
CALLS = 24
PATIENCE = 10


@pytest.fixture
def llmock() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "llmock.cli", "serve", "--host", "127.0.0.1", "--port", str(port)]
    for fault in FAULTS:
        command += ["--error-rate", fault]
    for fault in STREAM_FAULTS:
        command += ["--stream-fault", fault]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    until_s = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{url}/health", timeout=1).close()
            break
        except OSError:
            assert time.monotonic() < until_s, "llmock did not start"
            time.sleep(0.2)
    yield url
    process.terminate()
    process.wait()


@pytest.mark.parametrize(("wire", "path"), [(Wire.OPENAI, "/v1"), (Wire.ANTHROPIC, "/anthropic")])
async def test_its_verdict_is_clean(llmock: str, wire: Wire, path: str):
    one = Deployment(
        provider="mock", model="gpt-4o" if wire is Wire.OPENAI else "claude-sonnet-5-5",
        base_url=f"{llmock}{path}", api_key=KEY, wire=wire,
    )  # fmt: skip
    gate = LocalGate(breaker=lambda: CircuitBreaker(cool_down_first_s=0.3, cool_down_max_s=0.5))
    router = Router([one], policy=RetryPolicy(first_delay_s=0.3), gate=gate)
    answered = 0
    for number in range(CALLS):
        try:
            asked = [Message(role="user", content=f"call {number} in {wire}")]
            answered += bool((await router.complete(asked, deadline_s=20)).text)
        except LLMError:
            continue
    streamed, failures = 0, list[str]()
    for number in range(CALLS // 2):
        asked = [Message(role="user", content=f"stream {number} in {wire}")]
        for _again in range(PATIENCE):  # what a caller does whose stream broke off after its first words
            try:
                *_, result = [piece async for piece in router.stream(asked, deadline_s=20)]
            except LLMError as error:
                failures.append(str(error))
            else:
                streamed += bool(result)
                break
    assert answered > CALLS // 2
    assert streamed, failures
    shown = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "llmock.cli", "report", "--url", llmock, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, json.dumps(json.loads(shown.stdout), indent=1)
