"""The picture and the exhibit that the system's Chromium makes of the page."""

from __future__ import annotations

import re
import shutil
import struct

import pytest
from support.page_payload import payload

from tracer.errors import StoreError
from tracer.render.chromium import NAMES, pictured
from tracer.render.html import page

pytestmark = pytest.mark.usefixtures("browser")  # loudly skipped, or failed, where there is none


@pytest.fixture
def made_by(monkeypatch, tmp_path):
    """Puts a program in Chromium's place."""

    def put(script):
        program = tmp_path / "chromium"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("TRACER_CHROMIUM", str(program))

    return put


def test_a_png_is_the_whole_picture_at_twice_its_size():
    made = pictured(page(payload()), "png")
    width, height = struct.unpack(">II", made[16:24])
    assert made.startswith(b"\x89PNG\r\n\x1a\n")
    assert width % 2 == height % 2 == 0
    assert (width, height) == (2932, height)


def test_a_pdf_has_the_title_no_date_of_today_and_several_pages():
    made = pictured(page(payload()), "pdf")
    assert made.startswith(b"%PDF-")
    assert b"A thousand xem" in made
    assert set(re.findall(rb"Date \(D:(\d{14})", made)) == {b"19700101000000"}
    assert len(re.findall(rb"/Type /Page\b", made)) >= 2


def test_the_same_page_gives_the_same_picture():
    assert pictured(page(payload()), "png") == pictured(page(payload()), "png")


@pytest.mark.parametrize("rule", ["fifo", "haircut"])
def test_the_exhibit_names_case_digest_rule_and_what_is_hidden(shown, rule):
    tab = shown(page(payload(primary=rule)), hash_state="#sheet")
    tab.emulate_media(media="print")
    tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    text = tab.get_by_test_id("exhibit").inner_text()
    assert f"Rule shown: {rule} (declared)" in text
    assert "Picture: 7 of 7 addresses" in text
    assert f"from case thousand (results digest {'ab' * 32})" in text
    sheet = tab.evaluate("[...document.adoptedStyleSheets].flatMap((one) => [...one.cssRules].map((rule) => rule.cssText)).join()")
    assert "counter(page)" in sheet
    assert "ab" * 32 in sheet


def test_without_chromium_the_error_says_what_to_install(monkeypatch):
    monkeypatch.delenv("TRACER_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(StoreError, match=r"needs Chromium: install it .*apt install chromium"):
        pictured(page(payload()), "png")
    assert "chromium" in NAMES


def test_a_program_that_is_none_is_named(monkeypatch):
    monkeypatch.setenv("TRACER_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(StoreError, match="TRACER_CHROMIUM names /nowhere/chromium, which is no program"):
        pictured(page(payload()), "pdf")


def test_a_page_that_was_not_drawn_makes_no_picture(made_by):
    made_by("echo '<html data-failed>'")
    with pytest.raises(StoreError, match="does not draw the page"):
        pictured(page(payload()), "png")


def test_a_chromium_that_writes_nothing_is_an_error(made_by):
    made_by("""echo '<html data-ready="true">'""")
    with pytest.raises(StoreError, match="made no pdf"):
        pictured(page(payload()), "pdf")


def test_render_writes_pdf_and_png_beside_the_page_and_logs_them(rehearsal_dir, tracer_cli, tmp_path):
    folder = shutil.copytree(rehearsal_dir, tmp_path / "case")
    for kind, begins in (("pdf", b"%PDF-"), ("png", b"\x89PNG")):
        target = tmp_path / f"flow.{kind}"
        code, out, _ = tracer_cli("render", folder, "--format", kind, "-o", target)
        assert (code, out.strip()) == (0, str(target))
        assert target.read_bytes().startswith(begins)
    _, out, _ = tracer_cli("log", folder)
    assert "render --format png" in out
