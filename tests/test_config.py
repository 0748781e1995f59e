"""The site file: what is read, and what each mistake says."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_tui.config import (
    ChargerConfig,
    Compatibility,
    ConfigError,
    Listen,
    Meters,
    SiteConfig,
    default_config,
    default_config_path,
    default_data_dir,
    load_config,
    parse_config,
    render,
    template,
)
from evse_tui.config.lines import line_of
from evse_tui.settings import BY_NAME, SETTINGS, Scope, contradiction

FULL = """\
name = "Mill"
phases = 1
timezone = "Australia/Lord_Howe"
grid_relay_from = "yard"
data_dir = "state"
stop_charging_on_exit = true

[listen]
host = "0:0::1"
port = 0
names = ["EVSE.example", "evse.example", "garage"]
trusted_clients = ["192.168.1.20", "::ffff:192.168.1.21", "FD00::5"]
token_on_loopback = true

[api]
root_charger = "yard"
legacy_units = true

[meters]
circuit = "Disabled"

[settings]
current_main = 35
current_max_sum_mains = 0
battery_policy = "battery first"

[[charger]]
port = "/dev/ttyUSB0"
current_max = 16
mode = "Smart"

[[charger]]
id = "yard"
name = "Yard"
port = "socket://serial-server:4001"
rotation = "L2"
ev_meter = "disabled"
enable_c2 = 4
"""


def test_reads_every_key() -> None:
    config = parse_config(FULL, directory=Path("/srv/site"))
    assert config == SiteConfig(
        name="Mill",
        phases=1,
        timezone="Australia/Lord_Howe",
        grid_relay_from="yard",
        data_dir=Path("/srv/site/state"),
        stop_charging_on_exit=True,
        listen=Listen(
            "::1", 0, ("evse.example", "garage"), ("192.168.1.20", "192.168.1.21", "fd00::5"), token_on_loopback=True
        ),
        api=Compatibility("yard", legacy_units=True),
        meters=Meters(circuit="Disabled"),
        settings={"current_main": 35, "current_max_sum_mains": 0, "battery_policy": 1},
        chargers=(
            ChargerConfig("1", "/dev/ttyUSB0", settings={"current_max": 16, "mode": 3}),
            ChargerConfig("yard", "socket://serial-server:4001", "Yard", 1, "Disabled", {"enable_c2": 4}),
        ),
    )


def test_an_empty_file_is_the_default_site() -> None:
    assert parse_config("") == default_config() == SiteConfig()


def test_ids_are_positions_without_a_configuration() -> None:
    assert [(charger.id, charger.port) for charger in default_config(["a", "b"]).chargers] == [("1", "a"), ("2", "b")]


def test_boards_of_the_command_line_replace_ports_and_keep_identities() -> None:
    config = parse_config(FULL).with_boards(["x", "y", "z"])
    assert [(charger.id, charger.port) for charger in config.chargers] == [("1", "x"), ("yard", "y"), ("3", "z")]
    assert config.chargers[0].settings == {"current_max": 16, "mode": 3}
    assert len(config.with_boards(["x"]).chargers) == 1


def test_a_new_board_never_takes_the_id_of_a_named_one() -> None:
    config = parse_config('[[charger]]\nid = "2"\nport = "a"\n').with_boards(["a", "b"])
    assert [charger.id for charger in config.chargers] == ["2", "3"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[[charger]]\nport = "a"\n\ncurrent_max = 99', "line 4: charger[1].current_max: 99 is not within 6 to 80 A"),
        ('[[charger]]\nport = "a"\ncurrent_max = 16.0', "line 3: charger[1].current_max: 16.0 is not a whole number"),
        ('[[charger]]\nport = "a"\ncurrent_max = true', "line 3: charger[1].current_max: true is not a whole number"),
        ('[[charger]]\nport = "a"\npriority = ' + "9" * 5000, "line 3: a number with thousands of digits"),
        (
            '[[charger]]\nport = "a"\nmode = "Sun"',
            "line 3: charger[1].mode: 'Sun' is not one of Off, Normal, Solar, Smart, Pause",
        ),
        (
            '[[charger]]\nport = "a"\ncurent_max = 9',
            "line 3: charger[1].curent_max: unknown key; did you mean `current_max`?",
        ),
        ("[metres]\n", "line 1: metres: unknown key; did you mean `meters`?"),
        ('[meters]\nfoo = "API"', "line 2: meters.foo: unknown key; known are mains, circuit, battery, pv"),
        ('\n[meters]\nmains = "Modbus"', "line 3: meters.mains: 'Modbus' is not one of API, Disabled"),
        ("\n\n[[charger]]\nname = 'x'", "line 3: charger[1]: `port` is missing"),
        ('[[charger]]\nport = ""', "line 2: charger[1].port: must not be empty"),
        ('[[charger]]\nport = "a"\nid = "a b"', "line 3: charger[1].id: 'a b' is not made of letters, digits, - and _"),
        (
            '[[charger]]\nport = "a"\n[[charger]]\nport = "b"\nid = "1"',
            "line 5: charger[2].id: charger[1] has the id '1' already",
        ),
        (
            '[[charger]]\nport = "a"\nid = "2"\n[[charger]]\nport = "b"',
            "line 4: charger[2]: charger[1] has the id '2' already",
        ),
        ('[[charger]]\nport = "a"\n[[charger]]\nport = "a"', "line 4: charger[2].port: charger[1] uses a already"),
        ("charger = 3", "line 1: charger: must be a list of tables, `[[charger]]`"),
        ("settings = 3", "line 1: settings: must be a table, `[settings]`"),
        ("[settings]\ncurrent_max = 9", "line 2: settings.current_max: belongs into [[charger]]"),
        ('[[charger]]\nport = "a"\ncurrent_main = 25', "line 3: charger[1].current_main: belongs into [settings]"),
        ("current_main = 25", "line 1: current_main: belongs into [settings]"),
        ("[settings]\ncurrent_max_sum_mains = 5", "is not within 10 to 600 A"),
        ("phases = 2", "line 1: phases: 2 is not 1 or 3"),
        ("name = 3", "line 1: name: 3 is not a text in quotes"),
        ('name = "a\\u0007"', "line 1: name: must be at most 60 printable characters"),
        ('[listen]\nnames = "home"', "line 2: listen.names: must be a list of at most 32 texts"),
        ('[listen]\nnames = ["home:80"]', "line 2: listen.names: 'home:80' is not a host name without port"),
        ('[listen]\nnames = [""]', "line 2: listen.names: '' is not a host name without port"),
        ('[listen]\nnames = ["*"]', "line 2: listen.names: '*' is not a host name without port"),
        ("[listen]\ntrusted_clients = [1]", "line 2: listen.trusted_clients: 1 is not the address of one machine"),
        (
            '[listen]\ntrusted_clients = ["192.168.1.0/24"]',
            "line 2: listen.trusted_clients: '192.168.1.0/24' is not the address of one machine",
        ),
        (
            '[listen]\ntrusted_clients = ["0.0.0.0"]',
            "line 2: listen.trusted_clients: '0.0.0.0' is not the address of one machine",
        ),
        ("[listen]\ntoken_on_loopback = 1", "line 2: listen.token_on_loopback: 1 is not true or false"),
        ("stop_charging_on_exit = 'no'", "line 1: stop_charging_on_exit: 'no' is not true or false"),
        ('[api]\nroot_charger = "2"', "line 2: api.root_charger: there is no charger with the id '2'"),
        ("[api]\nlegacy_units = 1", "line 2: api.legacy_units: 1 is not true or false"),
        ('\ntimezone = "Mars"', "line 2: timezone: 'Mars' is not a time zone such as Europe/Amsterdam"),
        ('timezone = "../../etc/passwd"', "line 1: timezone: '../../etc/passwd' is not a time zone"),
        ('grid_relay_from = "2"', "line 1: grid_relay_from: there is no charger with the id '2'"),
        (
            '[[charger]]\nport = "a"\ncurrent_min = 14',
            "line 3: charger[1].current_min: current_min of 14 A is above current_max of 13 A",
        ),
        (
            '[[charger]]\nport = "a"\ncurrent_max = 10\ncurrent_min = 16',
            "line 4: charger[1].current_min: current_min of 16 A is above current_max of 10 A",
        ),
        ('[listen]\nhost = "home"', "line 2: listen.host: 'home' is not an IP address"),
        ("[listen]\nport = 70000", "line 2: listen.port: 70000 is not within 0 to 65535"),
        ("name = 'a'\nname = 'b'", "site.toml, line 2: Cannot overwrite a value"),
        ("name = 'a'\nphases", "site.toml, line 2: Expected '='"),
        ("listen.port = 1\r\nlisten.prt = 2\r\n", "line 2: listen.prt: unknown key; did you mean `port`?"),
        ("a = " + "[" * 5000, "site.toml"),
    ],
)
def test_every_mistake_names_line_and_key(text: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(text)
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


@given(
    at=st.integers(0, len(FULL)),
    length=st.integers(0, 40),
    garbage=st.binary(max_size=8) | st.just(b"\0" * 512),
    truncated=st.booleans(),
)
def test_a_damaged_file_is_a_site_or_one_sentence(at: int, length: int, garbage: bytes, truncated: bool) -> None:
    content = FULL.encode()
    damaged = content[:at] + garbage + (b"" if truncated else content[at + length :])
    with TemporaryDirectory() as directory:
        path = Path(directory) / "site.toml"
        path.write_bytes(damaged)
        found = _loaded(path)
    if isinstance(found, str):
        assert found.startswith("site.toml")
        assert "\n" not in found
        return
    for charger in found.chargers:
        assert not contradiction({s.name: charger.settings.get(s.name, s.default) for s in SETTINGS})
    for name, value in found.settings.items():
        assert BY_NAME[name].allows(value)


def _loaded(path: Path) -> SiteConfig | str:
    try:
        return load_config(path)
    except ConfigError as error:
        return str(error)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    with pytest.raises(ConfigError, match="there is no such file; `evse-tui config init` makes one"):
        load_config(path)
    path.write_bytes(b"\xef\xbb\xbfname = 'Mill'\r\n")
    assert load_config(path).name == "Mill"
    path.write_bytes(b"name = 'a'\n# \xff\n")
    with pytest.raises(ConfigError, match=r"site\.toml, line 2: not UTF-8 text"):
        load_config(path)
    path.write_bytes(b"#" * (1 << 21))
    with pytest.raises(ConfigError, match="longer than 1 MiB"):
        load_config(path)
    with pytest.raises(ConfigError, match="can't be read"):
        load_config(tmp_path)


def test_the_template_is_valid_and_shows_every_setting(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(template(), encoding="utf-8")
    assert [charger.id for charger in load_config(path).chargers] == ["1"]
    for setting in SETTINGS:
        assert f"# {setting.name} = " in template()


def test_the_template_is_valid_with_every_setting_uncommented() -> None:
    lines = [
        line.removeprefix("# ") if line.startswith("# ") and " = " in line else line for line in template().split("\n")
    ]
    config = parse_config("\n".join(lines))
    assert config.settings == {s.name: s.default for s in SETTINGS if s.scope is Scope.SITE}
    assert config.chargers[0].settings == {s.name: s.default for s in SETTINGS if s.scope is Scope.CHARGER}


def test_paths_follow_xdg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert default_config_path() == tmp_path / "config" / "evse-tui" / "site.toml"
    assert default_data_dir() == tmp_path / "data" / "evse-tui"


printable = st.text(st.characters(codec="utf-8"), max_size=60).filter(str.isprintable)


def _extreme(name: str) -> int:
    return BY_NAME[name].lowest if name == "current_min" else BY_NAME[name].highest


settings_of = {
    scope: st.dictionaries(st.sampled_from([s.name for s in SETTINGS if s.scope is scope]), st.just(0)).map(
        lambda names: {name: _extreme(name) for name in BY_NAME if name in names}
    )
    for scope in Scope
}


@given(
    name=printable,
    phases=st.sampled_from([1, 3]),
    data_dir=st.none()
    | printable.filter(bool).filter(lambda text: "~" not in text).map(lambda text: Path("/d") / text),
    settings=settings_of[Scope.SITE],
    charger=settings_of[Scope.CHARGER],
    port=printable.filter(bool),
)
def test_render_keeps_everything(
    name: str, phases: int, data_dir: Path | None, settings: dict[str, int], charger: dict[str, int], port: str
) -> None:
    config = SiteConfig(
        name=name,
        phases=phases,
        timezone="Europe/Amsterdam",
        grid_relay_from="x",
        data_dir=data_dir,
        settings=settings,
        api=Compatibility("x", legacy_units=True),
        meters=Meters(pv="Disabled"),
        chargers=(ChargerConfig("x", port, name, 2, "Disabled", charger),),
    )
    assert parse_config(render(config)) == config


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1\n\n# b = 2\nb = 3", ("b",), 4),
        ("a = [\n 1,\n 2,\n]\nb = 1", ("a", 1), 1),
        ('a = """\nb = 2\n"""\nb = 3', ("b",), 4),
        ("[x]\n[[y]]\n[[y]]\n'k' = 1", ("y", 1, "k"), 4),
        ("[[y]]\n[y.z]\n[[y]]", ("y", 1), 3),
        ("t = { a = 1, b = 2 }", ("t", "b"), 1),
        ("# \u2028 is no line break of TOML\na = 1", ("a",), 2),
        ("a = 1", ("b",), None),
        ("a = 1", ("a", "b"), None),
        ("a = 1", ("a", 0), None),
    ],
)
def test_line_of(text: str, path: tuple[str | int, ...], line: int | None) -> None:
    assert line_of(text, path) == line
