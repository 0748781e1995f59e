#include "commands.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "answers.h"
#include "flat_json.h"

enum { ROLLED_BACK = 3 }; /* exit status of a branch */

/* The world. */

static bool set_member(plant_t *p, const flat_member_t *m) {
    const struct {
        const char *name;
        double *number;
        bool *flag;
    } settable[] = {
        {"source_high_v", &p->pilot.source_high_v, NULL},
        {"source_low_v", &p->pilot.source_low_v, NULL},
        {"source_ohm", &p->pilot.source_ohm, NULL},
        {"car_ohm", &p->pilot.car_ohm, NULL},
        {"drop_v", &p->pilot.drop_v, NULL},
        {"line_farad", &p->pilot.line_farad, NULL},
        {"diode_shorted", NULL, &p->pilot.diode_shorted},
        {"cp_short", NULL, &p->pilot.short_to_earth},
        {"pp_ohm", &p->pp_ohm, NULL},
        {"pp_pull_up_ohm", &p->pp_pull_up_ohm, NULL},
        {"celsius", &p->celsius, NULL},
        {"button", NULL, &p->button},
        {"switch_closed", NULL, &p->switch_closed},
        {"c1_welded", NULL, &p->c1_welded},
        {"c1_stuck", NULL, &p->c1_stuck},
        {"feedback_open", NULL, &p->feedback_open},
        {"lock_jammed", NULL, &p->lock_jammed},
        {"lock_forced", NULL, &p->lock_forced},
    };
    for (size_t i = 0; i < sizeof settable / sizeof *settable; i++) {
        if (strcmp(m->name, settable[i].name) == 0 && m->text == NULL) {
            if (settable[i].number != NULL) {
                *settable[i].number = m->number;
            } else {
                *settable[i].flag = m->number != 0.0;
            }
            return true;
        }
    }
    static const char *const lines[] = {"low", "high", "open"};
    for (int i = 0; i < 3 && strcmp(m->name, "residual") == 0 && m->text != NULL; i++) {
        if (strcmp(m->text, lines[i]) == 0) {
            p->residual = (line_t)i;
            return true;
        }
    }
    return false;
}

static const char *set(bench_t *bench, const flat_t *flat) {
    plant_bend(&bench->plant, bench->chip.avr->cycle);
    for (int i = 0; i < flat->count; i++) {
        const flat_member_t *member = &flat->members[i];
        if (strcmp(member->name, "noise_v") == 0) {
            bench->converter.noise_v = member->number;
        } else if (strcmp(member->name, "do") != 0 && !set_member(&bench->plant, member)) {
            return "no such member";
        }
    }
    plant_changed(&bench->plant);
    return NULL;
}

static size_t unhex(const char *text, uint8_t *bytes, size_t capacity) {
    size_t count = 0;
    unsigned value;
    while (count < capacity && sscanf(text + 2 * count, "%2x", &value) == 1) {
        bytes[count++] = (uint8_t)value;
    }
    return count;
}

static const char *send_bytes(bench_t *bench, const flat_t *flat) {
    uint8_t bytes[COMMAND_LINE / 2];
    const flat_member_t *hex = flat_find(flat, "hex");
    if (hex == NULL || hex->text == NULL) {
        return "no hex";
    }
    size_t count = unhex(hex->text, bytes, sizeof bytes);
    return serial_send(&bench->serial, bytes, count) == count ? NULL : "the line is full";
}

static const char *load_eeprom(bench_t *bench, const flat_t *flat) {
    const flat_member_t *hex = flat_find(flat, "hex");
    double offset = flat_number(flat, "offset", 0.0);
    if (hex == NULL || hex->text == NULL || offset < 0.0 || offset >= EEPROM_SIZE) {
        return "no hex, or no such cell";
    }
    size_t from = (size_t)offset;
    (void)unhex(hex->text, chip_eeprom(&bench->chip) + from, EEPROM_SIZE - from);
    memcpy(bench->chip.shadow, chip_eeprom(&bench->chip), EEPROM_SIZE);
    return NULL;
}

static const char *poke(bench_t *bench, const flat_t *flat) {
    double address = flat_number(flat, "address", -1.0);
    if (address < 0.0 || address > bench->chip.avr->ramend) {
        return "no such address";
    }
    idle_disarm(&bench->chip.idle);
    bench->chip.avr->data[(uint16_t)address] = (uint8_t)flat_number(flat, "value", 0.0);
    return NULL;
}

static const char *peek(bench_t *bench, const flat_t *flat) {
    double address = flat_number(flat, "address", -1.0);
    if (address < 0.0 || address > bench->chip.avr->ramend) {
        return "no such address";
    }
    bench->peeked = bench->chip.avr->data[(uint16_t)address];
    return NULL;
}

static const char *patch(bench_t *bench, const flat_t *flat) {
    uint8_t bytes[COMMAND_LINE / 2];
    const flat_member_t *hex = flat_find(flat, "hex");
    double address = flat_number(flat, "address", -1.0);
    size_t count = hex == NULL || hex->text == NULL ? 0 : unhex(hex->text, bytes, sizeof bytes);
    if (count == 0 || address < 0.0 || address + (double)count > FLASH_SIZE) {
        return "no hex, or no such address";
    }
    chip_patch(&bench->chip, (uint16_t)address, bytes, count);
    return NULL;
}

static const char *repair(bench_t *bench, const flat_t *flat) {
    (void)flat;
    chip_repair(&bench->chip);
    return NULL;
}

static const char *off(bench_t *bench, const flat_t *flat) {
    double torn = flat_number(flat, "torn", TORN_ERASED);
    if (torn < TORN_ERASED || torn > TORN_GARBAGE) {
        return "torn is 0, 1 or 2";
    }
    bench_power_off(bench, (torn_t)torn);
    return NULL;
}

static const char *on(bench_t *bench, const flat_t *flat) {
    (void)flat;
    bench_power_on(bench);
    return NULL;
}

static const char *reset(bench_t *bench, const flat_t *flat) {
    (void)flat;
    chip_reset_pin(&bench->chip);
    return NULL;
}

static const char *clear(bench_t *bench, const flat_t *flat) {
    (void)flat;
    record_clear(&bench->record);
    plant_clear(&bench->plant);
    return NULL;
}

static const char *clear_pwm(bench_t *bench, const flat_t *flat) {
    (void)flat;
    plant_clear(&bench->plant);
    return NULL;
}

static const char *nothing(bench_t *bench, const flat_t *flat) {
    (void)bench;
    (void)flat;
    return NULL;
}

/* Time. */

static uint64_t duration(const flat_t *flat) {
    double cycles = flat_number(flat, "ms", 0.0) * CYCLES_PER_MS + flat_number(flat, "cycles", 0.0);
    return cycles < 1.0 ? 0 : (uint64_t)cycles;
}

static until_t condition(const flat_t *flat) {
    const flat_member_t *name = flat_find(flat, "until");
    return (until_t){.name = name == NULL ? NULL : name->text, .is = (int64_t)flat_number(flat, "is", 1.0)};
}

static const char *run(bench_t *bench, const flat_t *flat) {
    until_t until = condition(flat);
    until.seen = bench->record.count;
    if (duration(flat) == 0) {
        return "nothing to run";
    }
    bench->met = bench_run(bench, duration(flat), &until);
    return NULL;
}

/* What happened since the newest news counts as well. */
static const char *wait_paced(bench_t *bench, const flat_t *flat) {
    until_t until = condition(flat);
    uint64_t end = bench->chip.avr->cycle + duration(flat);
    if (!bench->paced || until.name == NULL) {
        return "not paced, or nothing to wait for";
    }
    bench->met = false;
    while (!bench->met && !bench->ended && bench->chip.avr->cycle < end) {
        struct pollfd in = {.fd = STDIN_FILENO, .events = 0};
        bench->ended = poll(&in, 1, bench_keep_pace(bench)) > 0;
        bench->met = bench_reached(bench, &until);
    }
    return NULL;
}

static const char *pace(bench_t *bench, const flat_t *flat) {
    bench_set_pace(bench, flat_number(flat, "on", 1.0) != 0.0);
    return NULL;
}

static const char *quit(bench_t *bench, const flat_t *flat) {
    (void)flat;
    bench->ended = true;
    return NULL;
}

/* Branches. The parent waits with this very state while the child goes on; `rollback` ends the child, and the parent
 * goes on. Both write to the same stdout and read the same stdin, of which nothing is buffered between commands. */

static const char *checkpoint(bench_t *bench, const flat_t *flat) {
    (void)flat;
    fflush(bench->out);
    pid_t child = fork();
    if (child < 0) {
        return "fork failed";
    }
    if (child == 0) {
        bench->branched = true;
        return NULL;
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != ROLLED_BACK) {
        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
    }
    return NULL;
}

static const char *rollback(bench_t *bench, const flat_t *flat) {
    (void)flat;
    if (bench->branched) {
        _exit(ROLLED_BACK);
    }
    return "no checkpoint";
}

static const struct {
    const char *verb;
    const char *(*act)(bench_t *bench, const flat_t *flat); /* NULL, or why not */
    answer_t answer;
} COMMANDS[] = {
    {"run", run, answer_run},
    {"wait", wait_paced, answer_run},
    {"read", nothing, answer_read},
    {"set", set, NULL},
    {"send", send_bytes, NULL},
    {"checkpoint", checkpoint, NULL},
    {"rollback", rollback, NULL},
    {"clear_pwm", clear_pwm, NULL},
    {"clear", clear, NULL},
    {"off", off, NULL},
    {"on", on, NULL},
    {"reset", reset, NULL},
    {"poke", poke, NULL},
    {"peek", peek, answer_peek},
    {"patch", patch, NULL},
    {"repair", repair, NULL},
    {"eeprom", nothing, answer_eeprom},
    {"load_eeprom", load_eeprom, NULL},
    {"pace", pace, NULL},
    {"quit", quit, NULL},
};

void command(bench_t *bench, char *line) {
    flat_t flat;
    const flat_member_t *verb = flat_parse(line, &flat) ? flat_find(&flat, "do") : NULL;
    for (size_t i = 0; verb != NULL && verb->text != NULL && i < sizeof COMMANDS / sizeof *COMMANDS; i++) {
        if (strcmp(verb->text, COMMANDS[i].verb) == 0) {
            const char *refusal = COMMANDS[i].act(bench, &flat);
            if (refusal != NULL) {
                answer_refusal(bench, refusal);
            } else {
                answer(bench, COMMANDS[i].answer);
            }
            return;
        }
    }
    answer_refusal(bench, "no such command");
}
