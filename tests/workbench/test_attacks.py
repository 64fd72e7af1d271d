"""Whoever is not the browser that was let in gets nothing and does nothing: the attacks of which anybody would think, one by one."""

from __future__ import annotations

import json
import re
import socket

import pytest

from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.errors import CaseError, StoreError
from tracer.workbench.access import HEADERS, LARGEST
from tracer.workbench.loopback_server import serving
from tracer.workbench.served_case import Desk

STOPS = {"act": "stops", "fields": {"dust": "4.5", "until": ""}}
ACT = json.dumps(STOPS).encode()


def files_of(served):
    return {path: path.read_bytes() for path in served.place.rglob("*") if path.is_file() and path.name != ".view.lock"}


def own(served, **changed):
    """The headers of an act of our own page, some of them changed; an underscore stands for a dash."""
    headers = served.ask.own()
    return {**headers, **{name.replace("_", "-"): value for name, value in changed.items()}}


FOREIGN = {
    "an act from a page of another origin": {"Origin": "http://evil.example"},
    "an act from a page that hides its origin": {"Origin": "null"},
    "an act that names no origin": {"Origin": None},
    "an act from another port of this computer": {"Origin": "http://127.0.0.1:1"},
    "an act from another site, as the browser says": {"Sec_Fetch_Site": "cross-site"},
    "an act from another port, as the browser says": {"Sec_Fetch_Site": "same-site"},
    "an act under another name of this computer": {"Host": "localhost:{port}"},
    "an act after DNS rebinding": {"Host": "evil.example:{port}", "Origin": "http://evil.example:{port}"},
    "an act with two hosts": {"Host": ["127.0.0.1:{port}", "evil.example"]},
    "an act without the page's token": {"X_Tracer_Token": None},
    "an act with another token": {"X_Tracer_Token": "A" * 43},
    "an act with the token of the first visit": {"X_Tracer_Token": "{visit}"},
    "an act without the cookie": {"Cookie": None},
    "an act with another cookie": {"Cookie": "tracer_{port}=A"},
    "an act with the cookie of another port": {"Cookie": "tracer_1=A"},
    "a form of another page": {"Content_Type": "application/x-www-form-urlencoded"},
    "a form that looks like text": {"Content_Type": "text/plain"},
}


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_act_is_refused_and_changes_nothing(served, headers):
    words = {"port": served.ask.port, "visit": served.door.token}
    filled = {
        name: [each.format(**words) for each in value] if isinstance(value, list) else value and value.format(**words)
        for name, value in headers.items()
    }
    before = files_of(served)
    answer = served.ask.ask("POST", "/act", own(served, **filled), ACT)
    assert 400 <= answer.status < 500
    assert files_of(served) == before


def test_the_same_act_from_our_own_page_is_done(served):
    assert served.ask.ask("POST", "/act", own(served, Sec_Fetch_Site="same-origin"), ACT).status == 200


@pytest.mark.parametrize("path", ["/", "/state", "/facts", "/moved", "/files/case.html"])
def test_who_was_not_let_in_is_shown_nothing(served, path):
    served.ask.cookie = ""
    answer = served.ask.ask("GET", path)
    assert answer.status == 403
    assert "till" not in answer.text


@pytest.mark.parametrize("token", ["", "A" * 43, "é" * 20])
def test_a_wrong_token_opens_nothing(served, token):
    served.ask.cookie = ""
    answer = served.ask.ask("GET", f"/enter?token={token.encode().hex()}")
    assert (answer.status, answer.headers["Set-Cookie"]) == (403, None)


def test_the_token_is_good_for_one_visit(served):
    served.ask.cookie = ""
    answer = served.ask.ask("GET", f"/enter?token={served.door.token}")
    assert (answer.status, answer.headers["Set-Cookie"]) == (403, None)


def test_the_first_visit_drops_the_token_and_leaves_a_strict_cookie_of_this_port(till, asks):
    with serving(Desk(till / "out")) as door:
        answer = asks(door).let_in()
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert re.fullmatch(
        rf"tracer_{door.host.partition(':')[2]}=[\w-]{{43}}; Path=/; HttpOnly; SameSite=Strict", answer.headers["Set-Cookie"]
    )


def test_a_visit_that_another_site_begins_is_refused(served):
    assert served.ask.ask("GET", "/", {"Sec-Fetch-Site": "cross-site"}).status == 403


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "HEAD", "TRACE", "PATCH"])
def test_other_methods_are_refused_a_preflight_too(served, method):
    answer = served.ask.ask(method, "/act", {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"})
    assert answer.status == 405 or (answer.status == 403 and method == "OPTIONS")
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/files/../case.toml",
        "/files/..%2fcase.toml",
        "/files/%2e%2e/case.toml",
        "/files//etc/passwd",
        "/files/case.db",
        "/files/.view.lock",
        "/../case.toml",
        "/static/../case.toml",
    ],
)
def test_no_path_leads_out_of_the_list_of_files(served, path):
    answer = served.ask.ask("GET", path)
    assert answer.status == 404
    assert "drained" not in answer.text


def test_a_file_that_is_a_link_is_not_served(served):
    (served.out / "case.html").unlink()
    (served.out / "case.html").symlink_to("/etc/hostname")
    assert served.ask.ask("GET", "/files/case.html").status == 404


def test_a_file_of_the_folder_is_saved_and_never_shown(served):
    answer = served.ask.ask("GET", "/files/case.html")
    assert (answer.status, answer.headers["Content-Disposition"]) == (200, "attachment")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")


@pytest.mark.parametrize("link", ["case.toml", "labels"])
def test_nothing_is_written_through_a_link(served, tmp_path_factory, link):
    outside = tmp_path_factory.mktemp("outside")
    there = served.place / link
    if there.exists():
        there.rename(outside / link)
    else:
        (outside / link).mkdir()
    there.symlink_to(outside / link)
    before = {path: path.read_bytes() for path in outside.rglob("*") if path.is_file()}
    assert served.ask.act("label", address="carl", name="Carl", category="", source="book").status in (400, 409)
    assert {path: path.read_bytes() for path in outside.rglob("*") if path.is_file()} == before


def test_a_second_server_on_a_folder_is_refused_and_other_commands_work_beside_it(served, tracer_cli):
    with pytest.raises(StoreError, match="another tracer view serves it"), serving(Desk(served.out)):
        pass
    assert tracer_cli("rules", served.out)[0] == 0
    assert tracer_cli("trace", served.place / "case.toml", "-o", served.out, "--quiet")[0] == 0


def test_a_lock_that_is_a_link_is_not_opened(till, tmp_path):
    (till / "out" / ".view.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="is a link"), serving(Desk(till / "out")):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read(served):
    answer = served.ask.ask("POST", "/act", {**served.ask.own(), "Content-Length": str(LARGEST + 1)})
    assert answer.status == 413


def test_a_body_that_grows_too_large_is_refused(served):
    piece = b"%x\r\n%s\r\n" % (60_000, b"x" * 60_000)
    head = {"Host": served.door.host, "Cookie": served.ask.cookie, **served.ask.own(), "Transfer-Encoding": "chunked"}
    said = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    with socket.create_connection(("127.0.0.1", served.ask.port), timeout=20) as link:
        link.sendall(f"POST /act HTTP/1.1\r\n{said}\r\n".encode())
        for _ in range(20):
            try:
                link.sendall(piece)
            except OSError:
                break
        assert link.recv(100).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b"{",
        b'"act"',
        b'{"act": "stops"}',
        b'{"act": ["stops"], "fields": {}}',
        b"\xff\xfe",
        b'{"act":"a","fields":{},"more":1}',
    ],
)
def test_a_body_that_is_no_question_is_refused_in_one_line(served, body):
    answer = served.ask.ask("POST", "/act", served.ask.own(), body)
    assert answer.status == 400
    assert "the question is no JSON object" in answer.text


def test_every_answer_says_that_nobody_may_keep_frame_or_guess_it(served):
    for answer in (served.ask.ask("GET", "/"), served.ask.ask("GET", "/state"), served.ask.ask("GET", "/no"), served.ask.ask("PUT", "/")):
        for name in HEADERS.keys() - {"Content-Security-Policy"}:
            assert answer.headers[name] == HEADERS[name]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "Server" not in answer.headers


def test_the_page_may_ask_this_server_alone_and_runs_its_own_scripts_alone(served):
    page = served.ask.ask("GET", "/").text
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert "connect-src 'self'" in policy
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy


def test_the_server_listens_on_this_computer_alone(served):
    with pytest.raises(OSError), socket.create_connection(("127.0.0.2", served.ask.port), timeout=2):
        pass


def test_the_token_stands_in_no_file_and_in_no_line(till, asks, capfd, caplog):
    with serving(Desk(till / "out", "Ada")) as door:
        asker = asks(door)
        asker.ask("GET", "/enter?token=wrong")
        asker.let_in()
        asker.ask("GET", "/")
        asker.post("/trace", {})
    told = "".join(capfd.readouterr()) + caplog.text
    told += "".join(path.read_bytes().decode("latin-1") for path in till.rglob("*") if path.is_file())
    for secret in (door.token, door.page_token, asker.cookie.partition("=")[2]):
        assert secret not in told


def test_a_strangers_case_file_with_a_hook_is_refused(served):
    path = served.place / "case.toml"
    path.write_text(path.read_text() + '\n[hooks]\nafter = "touch pwned"\n')
    answer = served.ask.act("stops", dust="4.5", until="")
    assert answer.status == 400
    assert "unknown key 'hooks'" in json.loads(answer.text)["error"]
    with pytest.raises(CaseError):
        CaseFile.load(path)


def test_files_outside_the_folder_are_not_read_because_the_folder_says_so(served):
    """The options in a manifest may come from a stranger: what lies outside is for whoever starts the server to allow."""
    manifest = json.loads((served.out / "manifest.json").read_text())
    manifest["options"] = {"allow_outside": True}
    (served.out / "manifest.json").write_text(json.dumps(manifest))
    path = served.place / "case.toml"
    path.write_text(path.read_text().replace('"labels.yaml"', '"/etc/hostname"'))
    served.ask.post("/trace", {})
    served.desk.worker.join(60)
    assert "leads out of the folder of the case file" in served.desk.state()["said"]


def test_no_node_is_asked_that_nobody_was_shown(served, monkeypatch):
    asked = []
    monkeypatch.setattr("tracer.chains.node.client.put_question", lambda *question: asked.append(question))
    path = served.place / "case.toml"
    path.write_text(path.read_text().replace('chain = "table"\nasset = "coin"\ndecimals = 2', 'chain = "nem"\nasset = "xem"') + "\n")
    text = path.read_text()
    source = text[text.index("[[sources]]") : text.index("[[thefts]]")]
    path.write_text(text.replace(source, '[[sources]]\nkind = "node"\nurls = ["http://10.0.0.1:7890"]\n\n'))
    served.ask.post("/trace", {})
    served.desk.worker.join(60)
    assert asked == []
    assert served.desk.state()["said"] != ""


def test_a_case_file_of_another_case_is_not_changed(served):
    path = served.place / "case.toml"
    path.write_text(path.read_text().replace('name = "till"', 'name = "other"'))
    before = path.read_bytes()
    assert "is the case 'other'" in json.loads(served.ask.act("stops", dust="4.5", until="").text)["error"]
    assert path.read_bytes() == before


HOSTILE = "</script><script>window.PWN=1</script>\u202e\"'\\ =HYPERLINK(1)"


def test_a_hostile_label_is_text_wherever_it_goes(served, traced_alone):
    answer = served.ask.act("service", address="dora", name=HOSTILE, category="exchange", source=HOSTILE)
    assert answer.status == 200
    served.ask.post("/trace", {})
    served.desk.worker.join(60)
    assert "<script>window.PWN" not in served.ask.ask("GET", "/").text
    assert CaseFolder.open(served.out).manifest["results_digest"] == traced_alone()
