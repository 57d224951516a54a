"""Messages: each claimed by one sender at a time, and open again when that one does not answer."""

from uuid import uuid4

from sqlalchemy import update

from storage import outbox, tables
from storage.store import Tx, write
from tests.storage.stage import Stage


@write
def say(tx: Tx, *, key: str, kind: str = "approval") -> bool:
    return outbox.enqueue(tx, kind=kind, dedupe_key=key, payload={"text": "Grüße, 東京"})


@write
def age_claims(tx: Tx, *, by_s: float) -> None:
    box = tables.outbox
    tx.connection.execute(update(box).values(claimed_until_s=box.c.claimed_until_s - by_s))


def claim(stage: Stage, **changes) -> list[str]:
    claimed = stage.write(
        outbox.claim_messages, **{"kinds": ("approval",), "limit": 10, "claim_s": 30.0} | changes
    )
    return [message.dedupe_key for message in claimed]


def test_a_message_is_kept_once_for_its_key(stage: Stage):
    assert stage.write(say, key="a")
    assert not stage.write(say, key="a")
    assert claim(stage) == ["a"]


def test_claims_are_by_kind_oldest_first_and_limited(stage: Stage):
    for key in "abc":
        stage.write(say, key=key)
    stage.write(say, key="other", kind="error_group")
    assert claim(stage, limit=2) == ["a", "b"]
    assert claim(stage, kinds=("approval", "error_group")) == ["c", "other"]
    assert claim(stage) == []


def test_a_claim_that_is_not_answered_is_open_again(stage: Stage):
    stage.write(say, key="a")
    claim(stage)
    stage.write(age_claims, by_s=31)
    (message,) = stage.write(outbox.claim_messages, kinds=("approval",), limit=1, claim_s=30.0)
    assert (message.attempts, message.payload) == (1, {"text": "Grüße, 東京"})


def test_sent_is_for_ever_and_a_failure_is_tried_again_unless_final(stage: Stage):
    for key in "abc":
        stage.write(say, key=key)
    sent, failed, given_up = stage.write(outbox.claim_messages, kinds=("approval",), limit=3, claim_s=30.0)
    stage.write(outbox.mark_sent, message_id=sent.id)
    stage.write(outbox.mark_failed, message_id=failed.id, error="no network", final=False)
    stage.write(outbox.mark_failed, message_id=given_up.id, error="chat is gone", final=True)
    stage.write(age_claims, by_s=31)
    assert claim(stage) == ["b"]


def test_senders_that_race_share_the_messages(stage: Stage, open_stage):
    for number in range(30):
        stage.write(say, key=f"{number:02}")
    stages = [open_stage() for _ in range(3)]
    arguments = {"kinds": ("approval",), "limit": 10, "claim_s": 30.0}
    jobs = [each.store.submit(outbox.claim_messages, arguments, uuid4().hex) for each in stages]
    claimed = [message.dedupe_key for job in jobs for message in job.result(20)]
    assert len(claimed) == len(set(claimed)), "no message goes to two senders"
    assert len(set(claimed) | set(claim(stage, limit=30))) == 30
