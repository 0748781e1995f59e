#include "pilot.h"

/* Source with its impedance, loaded by `ohm` to earth behind a drop of `drop_mv` that only conducts outward. */
static int32_t loaded_mv(int32_t source_mv, int32_t drop_mv, int32_t ohm) {
    int64_t numerator = (int64_t)source_mv * ohm + (int64_t)drop_mv * SIM_SOURCE_OHM;
    return (int32_t)(numerator / (ohm + SIM_SOURCE_OHM));
}

int32_t sim_pilot_mv(const evse_sim_world_t *world, int connected, int high) {
    if (!connected || world->cp_short) {
        return 0;
    }
    int32_t source_mv = high ? SIM_SOURCE_MV : -SIM_SOURCE_MV;
    if (!world->supply_12v) {
        source_mv = high ? SIM_USB_MV : 0;
    }
    if (world->car_ohm <= 0) {
        return source_mv;
    }
    if (!world->diode_ok) {
        return loaded_mv(source_mv, 0, world->car_ohm);
    }
    if (source_mv <= SIM_DIODE_MV) {
        return source_mv; /* the diode blocks */
    }
    return loaded_mv(source_mv, SIM_DIODE_MV, world->car_ohm);
}

int32_t sim_proximity_mv(int32_t pp_ohm) {
    if (pp_ohm <= 0) {
        return SIM_PP_SUPPLY_MV;
    }
    return (int32_t)((int64_t)SIM_PP_SUPPLY_MV * pp_ohm / (pp_ohm + SIM_SOURCE_OHM));
}
