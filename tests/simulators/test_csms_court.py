"""The judge of the bench CSMS, without any wire: good sessions pass, each breach of the rules is named, resent messages count once."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.csms import schemas, v16, v201
from simulators.csms.attention import Attention
from simulators.csms.behaviour import Behaviour
from simulators.csms.frames import Failure, Result
from simulators.csms.status import ALLOWED
from simulators.csms.tokens import TokenEntry
from simulators.csms.versions import VERSIONS
from tests.simulators.csms_rig import BOOT, NOON, Bench, T, event, meter, start, stop

both = pytest.mark.parametrize("version", ["1.6", "2.0.1"])


def status(value: str, connector: int = 1) -> dict[str, Any]:
    return {"connectorId": connector, "errorCode": "NoError", "status": value}


def session_16(bench: Bench) -> int:
    for value in ("Available", "Preparing"):
        bench.call("StatusNotification", status(value))
    assert bench.call("Authorize", {"idTag": "04A1"}) == {"idTagInfo": {"status": "Accepted"}}
    number: int = bench.call("StartTransaction", start())["transactionId"]
    bench.call("StatusNotification", status("Charging"))
    bench.call("MeterValues", {"connectorId": 1, "transactionId": number, "meterValue": meter(300)})
    bench.call(
        "StopTransaction", stop(number, transactionData=[*meter(100, context="Transaction.Begin"), *meter(500, context="Transaction.End")])
    )
    for value in ("Finishing", "Available"):
        bench.call("StatusNotification", status(value))
    return number


def test_a_whole_session_of_1_6_breaks_no_rule_and_stands_in_the_book() -> None:
    bench = Bench("1.6")
    number = session_16(bench)
    (transaction,) = bench.book.transactions
    assert bench.station.violations == []
    assert (transaction.id, transaction.station, transaction.connector, transaction.token) == (str(number), "cp001", 1, "04A1")
    assert (transaction.meter_start_wh, transaction.meter_stop_wh, transaction.reason, transaction.open) == (100, 500, "Local", False)
    assert [value.energy_wh for value in transaction.meter_values] == [300, 100, 500]
    assert bench.station.connectors == {"1": "Available"}


def test_a_whole_session_of_2_0_1_breaks_no_rule_and_stands_in_the_book() -> None:
    bench = Bench("2.0.1")
    token = {"idToken": "04A1", "type": "ISO14443"}
    bench.call("StatusNotification", {"evseId": 1, "connectorId": 1, "connectorStatus": "Occupied", "timestamp": T})
    bench.call("TransactionEvent", event(0, "Started", 100, evse={"id": 1, "connectorId": 1}))
    assert bench.call("TransactionEvent", event(1, "Updated", idToken=token)) == {"idTokenInfo": {"status": "Accepted"}}
    bench.call("TransactionEvent", event(2, "Updated", 300))
    bench.call("TransactionEvent", event(3, "Ended", 500, transactionInfo={"transactionId": "tx-1", "stoppedReason": "EVDisconnected"}))
    (transaction,) = bench.book.transactions
    assert bench.station.violations == []
    assert (transaction.id, transaction.evse, transaction.connector, transaction.token) == ("tx-1", 1, 1, "04A1")
    assert (transaction.meter_start_wh, transaction.meter_stop_wh, transaction.reason) == (100, 500, "EVDisconnected")
    assert [entry.seq_no for entry in transaction.events] == [0, 1, 2, 3]
    assert bench.station.connectors == {"1.1": "Occupied"}


def test_a_resent_start_gets_the_same_transaction_and_is_listed_as_duplicate() -> None:
    bench = Bench("1.6")
    first = bench.call("StartTransaction", start(), "start-1")
    bench.connect()
    assert bench.call("StartTransaction", start(), "start-1") == first
    (transaction,) = bench.book.transactions
    (duplicate,) = transaction.duplicates
    assert (duplicate.message_id, duplicate.transaction, duplicate.action) == ("start-1", str(first["transactionId"]), "StartTransaction")
    assert bench.station.duplicates == [duplicate]
    assert bench.rules == []
    assert "came again" in bench.said[-1]


def test_a_resent_event_is_known_by_its_seq_no_even_if_it_says_now_that_it_waited_offline() -> None:
    bench = Bench("2.0.1")
    bench.call("TransactionEvent", event(0, "Started", 100))
    bench.call("TransactionEvent", event(1, "Updated", 200))
    assert bench.call("TransactionEvent", event(1, "Updated", 200, offline=True)) == {}
    (transaction,) = bench.book.transactions
    assert [(entry.seq_no, entry.transaction) for entry in transaction.duplicates] == [(1, "tx-1")]
    assert [entry.seq_no for entry in transaction.events] == [0, 1]
    assert bench.rules == []


def test_a_resent_heartbeat_gets_the_time_of_now() -> None:
    bench = Bench("1.6")
    assert bench.call("Heartbeat", {}, "h") != bench.call("Heartbeat", {}, "h")
    assert len(bench.station.duplicates) == 1


def test_a_start_with_a_new_id_is_another_transaction() -> None:
    bench = Bench("1.6")
    bench.call("StartTransaction", start(), "a")
    bench.call("StartTransaction", start(), "b")
    assert len(bench.book.transactions) == 2
    assert bench.rules == ["transaction"]


def report(seq_no: int, attribute: dict[str, Any] | None = None, characteristics: dict[str, Any] | None = None) -> dict[str, Any]:
    """A part of one row."""
    row = {
        "component": {"name": "C"},
        "variable": {"name": "V"},
        "variableAttribute": [attribute or {"value": "a"}],
        "variableCharacteristics": {"supportsMonitoring": True} | (characteristics or {"dataType": "MemberList", "valuesList": "a,b"}),
    }
    return {"requestId": 1, "generatedAt": T, "seqNo": seq_no, "tbc": True, "reportData": [row]}


def test_parts_of_reports_in_their_order_are_fine_and_a_report_may_begin_anew() -> None:
    bench = Bench("2.0.1")
    for seq_no in (0, 1, 2, 0, 1):
        bench.call("NotifyReport", report(seq_no))
    assert bench.rules == []


Message = tuple[str, dict[str, Any]]

FAULTS: dict[str, tuple[str, list[Message], str]] = {
    "an action that only a CSMS sends": ("1.6", [("Reset", {"type": "Soft"})], "action"),
    "an action that does not exist": ("2.0.1", [("Foo", {})], "action"),
    "a payload that breaks its schema": ("1.6", [("Authorize", {"idTag": "x" * 21})], "schema"),
    "a time without its zone": ("1.6", [("StartTransaction", start(timestamp="2026-01-01T12:00:00"))], "time"),
    "a time with an odd zone": ("2.0.1", [("TransactionEvent", event(0, "Started", timestamp="2026-01-01T12:00:00+0000"))], "time"),
    "a stop of nothing": ("1.6", [("StopTransaction", stop(99))], "transaction"),
    "a stop of -1 though its start was answered": ("1.6", [("StartTransaction", start()), ("StopTransaction", stop(-1))], "transaction"),
    "a second stop": ("1.6", [("StartTransaction", start()), ("StopTransaction", stop(1)), ("StopTransaction", stop(1))], "transaction"),
    "meter values of an ended transaction": (
        "1.6",
        [
            ("StartTransaction", start()),
            ("StopTransaction", stop(1)),
            ("MeterValues", {"connectorId": 1, "transactionId": 1, "meterValue": meter(600)}),
        ],
        "transaction",
    ),
    "two transactions on one connector": ("1.6", [("StartTransaction", start()), ("StartTransaction", start(idTag="B"))], "transaction"),
    "a stop below the last value": (
        "1.6",
        [
            ("StartTransaction", start()),
            ("MeterValues", {"connectorId": 1, "transactionId": 1, "meterValue": meter(600)}),
            ("StopTransaction", stop(1)),
        ],
        "meter",
    ),
    "meter values below the start": (
        "1.6",
        [("StartTransaction", start()), ("MeterValues", {"connectorId": 1, "transactionId": 1, "meterValue": meter(98)})],
        "meter",
    ),
    "a value that is no number": ("1.6", [("MeterValues", {"connectorId": 1, "meterValue": meter("much")})], "meter"),  # type: ignore[arg-type]
    "connector 0 charging": ("1.6", [("StatusNotification", status("Charging", 0))], "status"),
    "a gap": ("2.0.1", [("TransactionEvent", event(0, "Started")), ("TransactionEvent", event(2, "Updated"))], "seq_no"),
    "a beginning in the middle": ("2.0.1", [("TransactionEvent", event(3, "Updated"))], "seq_no"),
    "two beginnings": ("2.0.1", [("TransactionEvent", event(0, "Started")), ("TransactionEvent", event(1, "Started"))], "seq_no"),
    "one seqNo for two events": (
        "2.0.1",
        [("TransactionEvent", event(0, "Started")), ("TransactionEvent", event(0, "Started", 5))],
        "seq_no",
    ),
    "an event after the end": (
        "2.0.1",
        [("TransactionEvent", event(0, "Started")), ("TransactionEvent", event(1, "Ended")), ("TransactionEvent", event(2, "Updated"))],
        "transaction",
    ),
    "two transactions on one EVSE": (
        "2.0.1",
        [
            ("TransactionEvent", event(0, "Started", evse={"id": 1})),
            ("TransactionEvent", event(0, "Started", transaction="tx-2", evse={"id": 1})),
        ],
        "transaction",
    ),
    "a report that begins with its second part": ("2.0.1", [("NotifyReport", report(1))], "report"),
    "a report with a gap": ("2.0.1", [("NotifyReport", report(0)), ("NotifyReport", report(2))], "report"),
    "a list without its values": ("2.0.1", [("NotifyReport", report(0, characteristics={"dataType": "MemberList"}))], "report"),
    "a value that is not in its list": ("2.0.1", [("NotifyReport", report(0, attribute={"value": "a,c"}))], "report"),
    "a variable without a value": ("2.0.1", [("NotifyReport", report(0, attribute={"mutability": "ReadOnly"}))], "report"),
    "a secret that is told": (
        "2.0.1",
        [("NotifyReport", report(0, attribute={"mutability": "WriteOnly", "value": "a"}))],
        "report",
    ),
    "a register that runs backwards": (
        "2.0.1",
        [("TransactionEvent", event(0, "Started", 100)), ("TransactionEvent", event(1, "Updated", 99))],
        "meter",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_judge_names(fault: str) -> None:
    version, messages, rule = FAULTS[fault]
    bench = Bench(version)
    for action, payload in messages:
        bench.call(action, payload)
    assert bench.rules == [rule]
    assert f"✗ {rule}: {bench.station.violations[0].text}" in "\n".join(bench.said)


@pytest.mark.parametrize(
    ("version", "payload", "code"),
    [
        ("1.6", {"idTag": 5}, "TypeConstraintViolation"),
        ("1.6", {"idTag": "x" * 21}, "PropertyConstraintViolation"),
        ("1.6", {}, "OccurenceConstraintViolation"),
        ("1.6", {"idTag": "x", "colour": "red"}, "FormationViolation"),
        ("2.0.1", {"idToken": {"idToken": "x", "type": "Paper"}}, "PropertyConstraintViolation"),
        ("2.0.1", {}, "OccurrenceConstraintViolation"),
        ("2.0.1", {"idToken": {"idToken": "x", "type": "Local"}, "colour": "red"}, "FormatViolation"),
    ],
)
def test_a_breach_of_the_schema_is_answered_in_the_words_of_the_version(version: str, payload: dict[str, Any], code: str) -> None:
    assert Bench(version).call("Authorize", payload) == {"code": code}


def test_what_cannot_be_read_is_ignored_in_1_6_and_answered_in_2_0_1() -> None:
    garbage: list[str | bytes] = ["", "hello", "[]", "[2]", '[2,"id"]', '[2,"id","Heartbeat",[]]', b"\x00", '["2","id","Heartbeat",{}]']
    garbage.append("[" * 100_000)
    old, new = Bench("1.6"), Bench("2.0.1")
    assert [old.hear(text) for text in garbage] == [None] * len(garbage)
    answers = [reply.answer for text in garbage if (reply := new.hear(text))]
    assert [(answer.id, answer.code) for answer in answers if isinstance(answer, Failure)] == [
        (identity, "RpcFrameworkError") for identity in ["-1"] * 4 + ["id"] * 2 + ["-1"] + ["id"] + ["-1"]
    ]
    assert old.rules == new.rules == ["frame"] * len(garbage)
    unknown_type = new.hear('[7,"x",{}]')
    assert unknown_type is not None
    assert unknown_type.answer == Failure("x", "MessageTypeNotSupported", "message type 7; expected 2, 3 or 4")


def smallest(schema: dict[str, Any], root: dict[str, Any]) -> Any:
    """The smallest value that holds a schema of the kind that OCPP uses."""
    if "$ref" in schema:
        return smallest(root["definitions"][schema["$ref"].rpartition("/")[2]], root)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {name: smallest(schema["properties"][name], root) for name in schema.get("required", [])}
        case "array":
            return [smallest(schema["items"], root)] * schema.get("minItems", 0)
        case "integer" | "number":
            return 1
        case "boolean":
            return True
        case _:
            return T if schema.get("format") == "date-time" else "x"


def smallest_request(version: str, action: str) -> Any:
    path = schemas._folder(version) / f"{action}{'' if version == '1.6' else 'Request'}.json"
    schema = json.loads(path.read_text(encoding="utf-8-sig"))
    return smallest(schema, schema)


@both
def test_every_action_of_a_station_is_answered_as_its_schema_says(version: str) -> None:
    bench = Bench(version)
    works = v16.ANSWERS if version == "1.6" else v201.ANSWERS
    assert set(works) == VERSIONS[version].station_actions <= schemas.actions(version)
    for action in works:
        answer = bench.call(action, smallest_request(version, action))
        assert schemas.breach(version, action, "response", answer) is None, (action, answer)
        assert schemas.odd_time(version, action, "response", answer) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(T),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def mangled(value: Any, pick: st.DrawFn) -> Any:
    """The same JSON with something else at one place of it."""
    if isinstance(value, dict) and value and pick(st.booleans()):
        name = pick(st.sampled_from(sorted(value)))
        return {**value, name: mangled(value[name], pick)}
    if isinstance(value, list) and value and pick(st.booleans()):
        return [mangled(value[0], pick), *value[1:]]
    return pick(JSON)


@st.composite
def frames(draw: st.DrawFn) -> tuple[str, list[Any]]:
    version = draw(st.sampled_from(sorted(VERSIONS)))
    action = draw(st.sampled_from(sorted(VERSIONS[version].station_actions)))
    frame = draw(
        st.sampled_from([[2, "id", action, smallest_request(version, action)], [3, "c1", {"status": "Accepted"}], [4, "c1", "x", "", {}]])
    )
    return version, mangled(frame, draw)


@given(frames())
def test_no_frame_whatever_upsets_the_judge(drawn: tuple[str, Any]) -> None:
    version, frame = drawn
    bench = Bench(version)
    bench.asked("ClearCache", {})
    for _ in range(2):
        bench.hear(json.dumps(frame))
    shown = json.dumps([message.shown() for message in bench.book.log], allow_nan=False)
    assert len(json.loads(shown)) == len(bench.book.log)


@both
def test_answers_to_authorize_with_all_that_a_token_may_have_hold_their_schema(version: str) -> None:
    bench = Bench(version)
    token: dict[str, Any] = {"idTag": "04a1"} if version == "1.6" else {"idToken": {"idToken": "04a1", "type": "ISO14443"}}
    bench.book.tokens.replace({"04A1": {"status": "Accepted", "group": "FLEET", "expires": "2030-01-01T00:00:00Z"}, "OLD": "NoCredit"})
    answer = bench.call("Authorize", token)
    assert schemas.breach(version, "Authorize", "response", answer) is None
    (info,) = answer.values()
    assert info["status"] == "Accepted"
    assert len(info) == 3


def test_without_a_list_everybody_may_charge_and_with_one_only_who_is_on_it() -> None:
    tokens = Bench().book.tokens
    assert tokens.look_up("X", NOON) == TokenEntry("Accepted")
    tokens.replace({"04A1": "Blocked", "B": {"status": "Accepted", "expires": "2026-01-01T11:59:59Z"}})
    assert [tokens.look_up(name, NOON).status for name in ("04a1", "B", "X")] == ["Blocked", "Expired", "Unknown"]
    tokens.replace(None)
    assert tokens.look_up("X", NOON) == TokenEntry("Accepted")


@pytest.mark.parametrize(
    ("row", "allowed"),
    [
        ("Available", "Preparing Charging SuspendedEV SuspendedEVSE Reserved Unavailable Faulted"),
        ("Preparing", "Available Charging SuspendedEV SuspendedEVSE Finishing Faulted"),
        ("Charging", "Available SuspendedEV SuspendedEVSE Finishing Unavailable Faulted"),
        ("SuspendedEV", "Available Charging SuspendedEVSE Finishing Unavailable Faulted"),
        ("SuspendedEVSE", "Available Charging SuspendedEV Finishing Unavailable Faulted"),
        ("Finishing", "Available Preparing Unavailable Faulted"),
        ("Reserved", "Available Preparing Unavailable Faulted"),
        ("Unavailable", "Available Preparing Charging SuspendedEV SuspendedEVSE Faulted"),
        ("Faulted", "Available Preparing Charging SuspendedEV SuspendedEVSE Finishing Reserved Unavailable"),
    ],
)
def test_status_changes_are_judged_by_the_table_of_1_6_section_4_9(row: str, allowed: str) -> None:
    for target in ALLOWED:
        bench = Bench("1.6")
        bench.call("StatusNotification", status(row))
        bench.call("StatusNotification", status(target))
        assert (bench.rules == []) == (target == row or target in allowed.split()), (row, target)


def test_the_first_status_on_a_connection_may_be_any_because_history_is_not_told() -> None:
    bench = Bench("1.6")
    bench.call("StatusNotification", status("Charging"))
    bench.connect()
    bench.call("StatusNotification", status("Preparing"))
    assert bench.rules == []


@both
def test_a_second_call_soon_after_an_open_one_is_a_breach_and_after_its_time_out_is_not(version: str) -> None:
    bench = Bench(version)
    bench.hear('[2,"a","Heartbeat",{}]')
    bench.later(0.89)
    bench.hear('[2,"b","Heartbeat",{}]')
    assert bench.rules == ["two_calls"]
    bench.later(0.99)  # of a whole second the way has eaten some
    bench.hear('[2,"c","Heartbeat",{}]')
    assert bench.rules == ["two_calls"]


@both
def test_calls_that_a_csms_without_processor_heard_at_once_may_have_left_one_after_the_others_time_out(version: str) -> None:
    bench = Bench(version)
    bench.court.attention = attention = Attention(bench.now)
    bench.later(2.0)
    bench.hear('[2,"a","Heartbeat",{}]')
    bench.hear('[2,"b","Heartbeat",{}]')
    assert bench.rules == [], "the first one came two seconds ago, or just now"
    attention.beat(bench.now)
    bench.hear('[2,"c","Heartbeat",{}]')
    assert bench.rules == [], "the last of what had waited"
    for _ in range(20):
        bench.later(0.1)
        attention.beat(bench.now)
    bench.hear('[2,"d","Heartbeat",{}]')
    bench.hear('[2,"e","Heartbeat",{}]')
    assert bench.rules == ["two_calls"], "who has listened all the time knows"


def test_message_ids_are_short_and_not_used_for_other_content_on_any_connection() -> None:
    bench = Bench("1.6")
    bench.call("Heartbeat", {}, "x" * 37)
    assert bench.rules == ["message_id"]
    bench.call("Authorize", {"idTag": "A"}, "again")
    bench.connect()
    assert "idTagInfo" in bench.call("Authorize", {"idTag": "B"}, "again")
    assert bench.rules == ["message_id"] * 2


def test_a_retry_with_the_same_id_is_fine_in_1_6_and_not_in_2_0_1() -> None:
    old, new = Bench("1.6"), Bench("2.0.1")
    for bench in (old, new):
        bench.call("Heartbeat", {}, "h")
        bench.call("Heartbeat", {}, "h")
    assert (old.rules, new.rules) == ([], ["message_id"])


@both
@pytest.mark.parametrize("answer", ["Pending", "Rejected"])
def test_nothing_but_boot_is_taken_until_it_is_accepted(version: str, answer: Any) -> None:
    bench = Bench(version, booted=False)
    bench.court.behaviour = Behaviour(boot=answer, interval_s=100)
    assert bench.call("BootNotification", BOOT[version])["status"] == answer
    assert bench.station.registration == answer.lower()
    assert bench.call("Heartbeat", {}) == {"code": "SecurityError"}
    assert bench.rules == ["boot"]
    bench.call("BootNotification", BOOT[version])
    bench.later(1000)
    bench.court.behaviour = Behaviour()
    bench.call("BootNotification", BOOT[version])
    assert bench.station.registration == "accepted"
    assert "currentTime" in bench.call("Heartbeat", {})
    assert bench.rules == ["boot"]


@both
def test_a_boot_before_its_interval_is_a_breach_unless_it_was_asked_for(version: str) -> None:
    bench = Bench(version, booted=False)
    bench.court.behaviour = Behaviour(boot="Pending", interval_s=300)
    bench.call("BootNotification", BOOT[version])
    bench.asked("TriggerMessage", {"requestedMessage": "BootNotification"})
    bench.call("BootNotification", BOOT[version])
    assert bench.rules == []
    bench.call("BootNotification", BOOT[version])
    assert bench.rules == ["boot"]


@both
def test_while_pending_a_triggered_message_is_taken(version: str) -> None:
    bench = Bench(version, booted=False)
    bench.court.behaviour = Behaviour(boot="Pending")
    bench.call("BootNotification", BOOT[version])
    bench.asked("TriggerMessage", {"requestedMessage": "Heartbeat"})
    assert "currentTime" in bench.call("Heartbeat", {})
    assert bench.rules == []


def test_a_station_that_has_not_booted_here_is_served_and_told_once() -> None:
    bench = Bench("1.6", booted=False)
    bench.call("Heartbeat", {})
    assert "transactionId" in bench.call("StartTransaction", start())
    assert bench.rules == ["boot"]


@both
def test_an_answer_that_nobody_asked_for_or_that_comes_twice_or_breaks_its_schema_is_a_breach(version: str) -> None:
    bench = Bench(version)
    bench.asked("ClearCache", {})
    bench.hear('[3,"c1",{"status":"Accepted"}]')
    assert bench.rules == []
    bench.hear('[3,"c1",{"status":"Accepted"}]')
    bench.hear('[3,"c2",{"status":"Accepted"}]')
    bench.asked("ClearCache", {}, "c3")
    bench.hear('[3,"c3",{"status":"Maybe"}]')
    bench.asked("ClearCache", {}, "c4")
    bench.hear('[4,"c4","Whatever","",{}]')
    assert bench.rules == ["answer", "answer", "schema", "answer"]


def test_a_refused_start_excuses_the_messages_that_follow_with_minus_one() -> None:
    bench = Bench("1.6")
    bench.court.behaviour = Behaviour(error={"StartTransaction": "InternalError"})
    assert bench.call("StartTransaction", start(), "s") == {"code": "InternalError"}
    bench.call("MeterValues", {"connectorId": 1, "transactionId": -1, "meterValue": meter(300)})
    assert bench.call("StopTransaction", stop(-1)) == {}
    assert bench.rules == []
    assert bench.book.transactions == []
    bench.court.behaviour = Behaviour()
    assert "transactionId" in bench.call("StartTransaction", start(), "s")


def test_a_start_that_got_no_answer_is_ended_by_minus_one() -> None:
    bench = Bench("1.6")
    bench.court.behaviour = Behaviour(silent=frozenset({"StartTransaction"}))
    bench.call("StartTransaction", start())
    bench.court.behaviour = Behaviour()
    bench.call("StopTransaction", stop(-1))
    (transaction,) = bench.book.transactions
    assert (transaction.open, transaction.meter_stop_wh) == (False, 500)
    assert bench.rules == []


def test_refused_events_may_come_again_or_never() -> None:
    bench = Bench("2.0.1")
    bench.call("TransactionEvent", event(0, "Started"))
    bench.court.behaviour = Behaviour(error={"*": "InternalError"})
    bench.call("TransactionEvent", event(1, "Updated"))
    bench.call("TransactionEvent", event(2, "Updated"))
    bench.call("TransactionEvent", event(0, "Started", transaction="tx-2"))
    bench.court.behaviour = Behaviour()
    bench.call("TransactionEvent", event(2, "Updated"))
    bench.call("TransactionEvent", event(3, "Ended"))
    bench.call("TransactionEvent", event(1, "Updated", transaction="tx-2"))
    assert bench.rules == []


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_a_register_that_only_grows_is_never_a_breach_and_one_that_shrinks_always(values: list[int]) -> None:
    for register, broken in ((sorted(values), False), ([*sorted(values), min(values) - 1], True)):
        bench = Bench("2.0.1")
        for number, wh in enumerate(register):
            bench.call("TransactionEvent", event(number, "Updated" if number else "Started", wh))
        assert ("meter" in bench.rules) == broken


def test_the_last_message_may_tell_the_whole_transaction_again_in_groups() -> None:
    bench = Bench("1.6")
    bench.call("StartTransaction", start())
    bench.call("MeterValues", {"connectorId": 1, "transactionId": 1, "meterValue": meter(450)})
    minute = [[{**value, "timestamp": f"2026-01-01T12:0{n}:00Z"} for value in meter(100 + 100 * n)] for n in range(4)]
    bench.call("StopTransaction", stop(1, transactionData=[*minute[0], *minute[3], *minute[1], *minute[2]]))
    assert bench.rules == []


def test_lines_tell_the_essence() -> None:
    bench = Bench("1.6")
    session_16(bench)
    told = [line.partition(" ")[2] for line in bench.said]
    for line in (
        "cp001 → BootNotification Acme One",
        "cp001 ← accepted, interval 60 s",
        "cp001 → StatusNotification connector 1 Preparing",
        "cp001 → StartTransaction connector 1 04A1 meter 100 Wh",
        "cp001 ← accepted, transaction 1",
        "cp001 → MeterValues connector 1 transaction 1 300 Wh",
        "cp001 → StopTransaction transaction 1 meter 500 Wh local",
    ):
        assert line in told


def test_nothing_that_a_station_sends_can_command_a_terminal() -> None:
    bench = Bench("1.6")
    bench.call("DataTransfer", {"vendorId": "\x1b[2J\ud800\n" + "x" * 200})
    assert all(line.isprintable() and len(line) <= 501 for line in bench.said)


def test_it_falls_silent_after_an_action_if_told() -> None:
    bench = Bench("1.6")
    bench.court.behaviour = Behaviour(silent_after="Authorize")
    manners = [bench.open("Heartbeat", {}).manner.silent]
    bench.call("Authorize", {"idTag": "A"})
    manners += [bench.open(action, payload).manner.silent for action, payload in (("Heartbeat", {}), ("Authorize", {"idTag": "A"}))]
    assert manners == [False, True, True]


def test_answers_that_are_left_unanswered_on_purpose_are_told() -> None:
    bench = Bench("1.6")
    bench.court.behaviour = Behaviour(silent=frozenset({"*"}))
    reply = bench.open("Heartbeat", {})
    assert reply.manner.silent
    assert isinstance(reply.answer, Result)
    bench.court.withheld(bench.conversation, reply, bench.now)
    assert bench.said[-1].endswith("cp001 (no answer: silent)")


def test_an_event_may_come_again_but_its_id_is_never_used_for_another() -> None:
    bench = Bench("2.0.1")
    variable = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Power"}}

    def told(value: str) -> dict[str, Any]:
        about = {"eventId": 7, "timestamp": T, "trigger": "Delta", "actualValue": value, "eventNotificationType": "CustomMonitor"}
        return {"generatedAt": T, "seqNo": 0, "eventData": [about | variable]}

    for value, rules in (("100", []), ("100", []), ("200", ["event"])):
        bench.call("NotifyEvent", told(value))
        assert bench.rules == rules
