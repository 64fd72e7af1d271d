"""Archives that would harm whoever opens them: nothing of them is unpacked."""

from __future__ import annotations

import stat
import zipfile

import pytest

BIG = 40 << 20


def entry(name, mode=0o100644):
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    return info


def bomb(archive):
    info = entry("case/data/zeros")
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, bytes(BIG))


def doubled(archive):
    archive.writestr(entry("case/data/case.toml"), b"one")
    archive.writestr(entry("case/data/CASE.toml"), b"two")


def many(archive):
    for number in range(10_001):
        archive.writestr(entry(f"case/{number}"), b"")


HOSTILE = {
    "a path that leads up": (lambda archive: archive.writestr(entry("case/../../evil"), b""), "leads out of the package"),
    "an absolute path": (lambda archive: archive.writestr(entry("/etc/evil"), b""), "leads out of the package"),
    "a path of Windows": (lambda archive: archive.writestr(entry("case\\..\\evil"), b""), "leads out of the package"),
    "a drive": (lambda archive: archive.writestr(entry("C:evil"), b""), "leads out of the package"),
    "a link": (lambda archive: archive.writestr(entry("case/data", stat.S_IFLNK | 0o777), b"/etc"), "is a link or a device"),
    "a bomb": (bomb, "unpacks to too much"),
    "two names in one": (doubled, "two entries have one name"),
    "too many files": (many, "unpacks to too much"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_an_archive_that_would_harm_is_refused_and_nothing_is_unpacked(kind, checked, tracer_cli, tmp_path):
    fill, why = HOSTILE[kind]
    place = tmp_path / "in"
    place.mkdir()
    with zipfile.ZipFile(place / "evil.zip", "w") as archive:
        fill(archive)
    code, said = checked(place / "evil.zip")
    assert code == 2
    assert why in said
    assert said.endswith("nothing was unpacked\n")
    assert [path.name for path in tmp_path.rglob("*")] == ["in", "evil.zip"]
    for command in (["verify", place / "evil.zip"], ["trace", "--offline", place / "evil.zip", "-o", tmp_path / "out"]):
        code, _, err = tracer_cli(*command)
        assert (code, err.count("\n")) == (2, 1)
        assert why in err


def test_a_size_that_is_not_the_true_one_unpacks_to_no_more(checked, tmp_path):
    """The archive says ten bytes where there are many: reading stops there, and the sum of the file does not hold."""
    with zipfile.ZipFile(tmp_path / "lying.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("case/data/zeros", bytes(BIG))
    content = bytearray((tmp_path / "lying.zip").read_bytes())
    place = content.rfind(BIG.to_bytes(4, "little"))
    content[place : place + 4] = (10).to_bytes(4, "little")
    (tmp_path / "lying.zip").write_bytes(content)
    code, said = checked(tmp_path / "lying.zip")
    assert code == 1
    assert "cannot be unpacked" in said


def test_a_link_in_an_unpacked_package_is_not_followed(honest, checked, tmp_path):
    with zipfile.ZipFile(honest.package) as archive:
        archive.extractall(tmp_path)
    (tmp_path / "small" / "data" / "more").symlink_to("/etc")
    code, said = checked(tmp_path / "small")
    assert code == 2
    assert "data/more: is a link, and no package has any" in said


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"no archive at all"])
def test_what_is_no_archive_is_one_line_and_exit_code_1(checked, tmp_path, content):
    (tmp_path / "no.zip").write_bytes(content)
    code, said = checked(tmp_path / "no.zip")
    assert code == 1
    assert "no.zip: cannot be unpacked" in said
    assert said.count("\n") == 1
