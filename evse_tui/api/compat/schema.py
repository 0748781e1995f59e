"""The shape of `GET /settings`, for the API's own document. What makes it is `evse_tui.api.compat.read`.

Power and energy are integers in W and Wh, or with `legacy_units` in kW and kWh with one decimal.
"""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

Power = Annotated[float, Meta(description="W; with `legacy_units` kW.")]
Energy = Annotated[float, Meta(description="Wh; with `legacy_units` kWh.")]
Amps = Annotated[int, Meta(description="A")]
DeciAmps = Annotated[int, Meta(description="0.1 A")]
Epoch = Annotated[int, Meta(ge=0, description="Seconds since the epoch; 0 if never.")]
Flag = Annotated[int, Meta(ge=0, le=1)]
Byte = Annotated[int, Meta(ge=0, le=255)]


class Wifi(TypedDict):
    """Neutral values: the board hangs on a cable."""

    status: str
    ssid: str
    rssi: int
    bssid: str


class Evse(TypedDict):
    """The charger itself."""

    temp: Annotated[int, Meta(description="Degrees Celsius.")]
    temp_max: Annotated[int, Meta(description="Degrees Celsius.")]
    connected: bool
    access: Annotated[int, Meta(ge=0, le=2, description="0 OFF, 1 ON, 2 PAUSE.")]
    mode: Annotated[int, Meta(ge=0, le=2, description="Internal order: 0 Normal, 1 Smart, 2 Solar; not `mode_id`.")]
    loadbl: Annotated[int, Meta(ge=0, le=8)]
    pwm: Annotated[int, Meta(ge=0, le=1024)]
    custombutton: bool
    solar_stop_timer: Annotated[int, Meta(ge=0, description="s")]
    state: Annotated[str, Meta(description="Lack of power shows here: `Charging - No Power Available`.")]
    state_id: Annotated[int, Meta(ge=0, le=14)]
    error: str
    error_id: Annotated[int, Meta(ge=0)]
    rfidreader: str
    nrofphases: Annotated[int, Meta(ge=0, le=3, description="0 is unknown.")]
    rfid: str
    rfid_lastread: str


class Settings(TypedDict):
    """Limits and wishes."""

    charge_current: DeciAmps
    override_current: Annotated[int, Meta(description="0.1 A; 0 is none.")]
    current_min: Amps
    current_max: Amps
    current_main: Amps
    current_max_circuit: Amps
    current_max_sum_mains: Amps
    max_sum_mains_time: Annotated[int, Meta(description="min")]
    solar_max_import: Amps
    solar_start_current: Amps
    solar_stop_time: Annotated[int, Meta(description="min")]
    enable_C2: str
    modem: str
    mains_meter: str
    starttime: Epoch
    stoptime: Epoch
    repeat: Flag
    lcdlock: Flag
    lock: Flag
    cablelock: Flag


class Mqtt(TypedDict):
    """The MQTT client."""

    host: str
    port: Annotated[int, Meta(ge=0, le=65535)]
    topic_prefix: str
    username: str
    password_set: bool
    tls: bool
    status: Literal["Connected", "Disconnected"]


class Ocpp(TypedDict):
    """Always disabled."""

    mode: str
    backend_url: str
    cb_id: str
    auth_key: str
    auto_auth: str
    auto_auth_idtag: str
    status: str


class HomeBattery(TypedDict):
    """The home battery."""

    current: Annotated[int, Meta(description="0.1 A; + charges the battery.")]
    last_update: Epoch


class Currents(TypedDict):
    """0.1 A."""

    TOTAL: int
    L1: int
    L2: int
    L3: int


class EvMeter(TypedDict):
    """The charger's own meter."""

    description: str
    address: int
    import_active_power: Power
    total_wh: int
    charged_wh: int
    total_kwh: float
    charged_kwh: float
    import_active_energy: Energy
    export_active_energy: Energy
    currents: Currents


class MainsMeter(TypedDict):
    """The mains meter's registers."""

    import_active_energy: Energy
    export_active_energy: Energy


class PhaseCurrents(TypedDict):
    """Mains, 0.1 A; without the home battery while this charger is in SOLAR."""

    TOTAL: int
    L1: int
    L2: int
    L3: int
    last_data_update: Epoch
    charging_L1: bool
    charging_L2: bool
    charging_L3: bool
    original_data: Currents


class Backlight(TypedDict):
    """The display's light."""

    timer: Annotated[int, Meta(ge=0, description="s")]
    status: Literal["OFF", "ON", "DIMMED"]


class Rgb(TypedDict):
    """A colour of the status light."""

    R: Byte
    G: Byte
    B: Byte


class Colors(TypedDict):
    """Colours of the status light by mode."""

    off: Rgb
    normal: Rgb
    smart: Rgb
    solar: Rgb
    custom: Rgb


class CarState(TypedDict):
    """What somebody has told about the car; -1 is unknown."""

    initial_soc: int
    computed_soc: int
    full_soc: int
    remaining_soc: int
    energy_capacity: int
    energy_request: int
    time_until_full: int
    evccid: str


class SettingsDocument(TypedDict):
    """Everything about one charger and its site, as SmartEVSE clients know it."""

    version: str
    serialnr: int
    mode: Literal["OFF", "NORMAL", "SOLAR", "SMART", "PAUSE"]
    mode_id: Annotated[int, Meta(ge=0, le=4)]
    car_connected: bool
    wifi: Wifi
    evse: Evse
    settings: Settings
    mqtt: Mqtt
    ocpp: Ocpp
    home_battery: HomeBattery
    ev_meter: EvMeter
    mains_meter: MainsMeter
    phase_currents: PhaseCurrents
    backlight: Backlight
    color: Colors
    ev_state: NotRequired[CarState]
