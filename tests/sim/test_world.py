"""House, sun, battery and meters: reproducible, balanced, with the edges that a controller must survive."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from evse_tui.sim.battery import BatteryParameters, HomeBattery
from evse_tui.sim.board import Plug, SimulatedBoard
from evse_tui.sim.car import MAINS_V, Car, CarParameters
from evse_tui.sim.charger import SimulatedCharger
from evse_tui.sim.house import APPLIANCES, SPLIT, House
from evse_tui.sim.meter import Meter
from evse_tui.sim.pv import Pv, Weather
from evse_tui.sim.traces import DAY_MS, MINUTE_MS, Trace, TraceError, read_trace
from evse_tui.sim.world import World, deciamps

HOUR_MS = 3_600_000


def day_of(house: House, step_ms: int = 1_000) -> list[tuple[float, float, float]]:
    return [house.currents_a(ms) for ms in range(0, DAY_MS, step_ms)]


def test_one_seed_gives_one_house_in_any_order_of_reading() -> None:
    first, second = House(3), House(3)
    times = range(0, 2 * DAY_MS, 97_000)
    assert [first.currents_a(ms) for ms in times] == [second.currents_a(ms) for ms in reversed(times)][::-1]
    assert day_of(House(3), 60_000) != day_of(House(4), 60_000)


def test_the_house_has_edges_shorter_than_a_minute() -> None:
    currents = day_of(House(1), 5_000)
    steps = [after[phase] - before[phase] for before, after in itertools.pairwise(currents) for phase in range(3)]
    assert sum(step > 7 for step in steps) > 30, "kettle, hob and oven switch on"
    hob = next(appliance for appliance in APPLIANCES if appliance.name == "hob")
    assert (hob.on_ms, hob.off_ms) == (18_000, 22_000)


def test_a_trace_is_split_50_25_25() -> None:
    house = House(1, base=Trace((1_000.0, 2_000.0)), appliances=())
    assert house.currents_a(0) == pytest.approx([1_000 * share / MAINS_V for share in SPLIT])
    assert sum(house.currents_a(59_999)) * MAINS_V == pytest.approx(1_000)
    assert sum(house.currents_a(60_000)) * MAINS_V == pytest.approx(2_000)
    assert sum(house.currents_a(120_000)) * MAINS_V == pytest.approx(1_000), "it repeats"


def test_weather_orders_the_days() -> None:
    def energy_wh(weather: Weather) -> float:
        pv = Pv(5, weather=weather)
        return sum(pv.power_w(ms) for ms in range(0, DAY_MS, MINUTE_MS)) / 60

    assert energy_wh(Weather.CLEAR) > energy_wh(Weather.MIXED) > energy_wh(Weather.CLOUDY) > 0
    night = Pv(5, weather=Weather.CLEAR)
    assert night.power_w(2 * HOUR_MS) == 0
    assert 6_000 < night.power_w(13 * HOUR_MS) <= 8_000


def test_pv_is_reproducible_and_draws_the_weather_of_each_day() -> None:
    times = range(0, 5 * DAY_MS, 601_000)
    first, second = Pv(2), Pv(2)
    assert [first.power_w(ms) for ms in times] == [second.power_w(ms) for ms in times]
    single = Pv(2, trace=Trace((690.0,)), phases=1)
    assert single.currents_a(0) == pytest.approx((3.0, 0.0, 0.0))


def test_the_battery_follows_surplus_and_load_within_its_limits() -> None:
    battery = HomeBattery(BatteryParameters(capacity_wh=1_000, max_charge_w=2_000, max_discharge_w=1_000), soc=0.5)
    for ms in range(0, 60_000, 1_000):
        battery.step(-5_000, ms)
    assert battery.power_w == pytest.approx(2_000, rel=0.01)
    for ms in range(60_000, 3_600_000, 1_000):
        battery.step(-5_000, ms)
    assert battery.soc == pytest.approx(1.0)
    assert battery.power_w == 0.0
    for ms in range(3_600_000, 2 * 3_600_000 + 60_000, 1_000):
        battery.step(5_000, ms)
    assert battery.soc == pytest.approx(0.05, abs=0.001)
    assert battery.power_w == 0.0


def test_a_meter_samples_each_period_and_delivers_after_its_delay() -> None:
    meter: Meter[int] = Meter(10_000, 1_000)
    seen = []
    for ms in range(0, 32_000, 500):
        if meter.wants(ms):
            meter.sample(ms, ms)
        if (value := meter.arrived(ms)) is not None:
            seen.append((ms, value))
    assert seen == [(1_000, 0), (11_000, 10_000), (21_000, 20_000), (31_000, 30_000)]
    with pytest.raises(ValueError, match="period"):
        Meter(0)


def test_a_late_meter_keeps_its_rhythm() -> None:
    meter: Meter[str] = Meter(1_000, 5_000)
    meter.sample("first", 0)
    meter.sample("late", 2_700)
    assert meter.next_ms(2_700) == 3_000
    assert meter.arrived(4_999) is None
    assert meter.arrived(8_000) == "late"


def test_traces_are_read_and_mistakes_are_named(tmp_path: Path) -> None:
    path = tmp_path / "pv.csv"
    path.write_text("minute,pv_w\n0,0\n1,600\n")
    trace = read_trace(path, "pv_w", scale=2, smooth=True)
    assert trace.power_w(30_000) == pytest.approx(600)
    for text, message in [
        ("minute,house_w\n0,1\n", "columns minute and pv_w"),
        ("minute,pv_w\n0,1\n2,1\n", "line 3: minute 1 expected"),
        ("minute,pv_w\n0,much\n", "line 2: .* numbers"),
        ("minute,pv_w\n", "no rows"),
    ]:
        path.write_text(text)
        with pytest.raises(TraceError, match=message):
            read_trace(path, "pv_w")


def test_currents_balance_on_every_phase_and_registers_add_up() -> None:
    with SimulatedBoard(1) as board:
        charger = SimulatedCharger(board)
        charger.plug(Car(CarParameters(phases=3)))
        board.set_welded(True)  # contacts closed without a host; the car sees no PWM and draws nothing
        world = World(
            House(1),
            [charger],
            pv=Pv(1, weather=Weather.CLEAR),
            battery=HomeBattery(),
            rotations=[1],
            start_ms=12 * HOUR_MS,
        )
        total_wh = 0.0
        previous = world.read(0)
        for second in range(1, 120):
            charger.advance(second * 1_000)
            reading = world.read(second * 1_000)
            for phase in range(3):
                assert reading.mains_a[phase] == pytest.approx(
                    reading.house_a[phase]
                    + reading.circuit_a[phase]
                    + reading.battery_a / 3
                    - reading.pv_w / 3 / MAINS_V
                )
            total_wh += sum(previous.mains_a) * MAINS_V / 3_600
            previous = reading
        assert reading.import_wh - reading.export_wh == pytest.approx(total_wh)
        assert reading.battery_soc is not None
        assert reading.battery_soc > 0.5


def test_rotation_moves_a_chargers_phases() -> None:
    class OnePhase(SimulatedCharger):
        def currents_a(self) -> tuple[float, float, float]:
            return (10.0, 2.0, 0.0)

    with SimulatedBoard(1) as board:
        charger = OnePhase(board)
        board.plug(Plug.B)
        reading = World(House(1, base=Trace((0.0,)), appliances=()), [charger], rotations=[2]).read(0)
        assert reading.circuit_a == (2.0, 0.0, 10.0)
        assert deciamps(reading.mains_a) == (20, 0, 100)
        with pytest.raises(ValueError, match="rotation"):
            World(House(1), [charger], rotations=[3])
