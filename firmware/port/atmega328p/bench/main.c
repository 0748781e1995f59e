/* avr-bench: runs the image of the ATmega328P board against a model of everything around it.
 *
 *     avr-bench [--pty LINK] [--eeprom FILE] [--every-instruction] ELF
 *
 * Commands are lines of flat JSON on stdin, each answered by one line on stdout; README.md lists them. Virtual time
 * passes only in `run`, or with the wall clock after `pace`. The bench ends when stdin does. Idle loops of the program
 * are leaped over (idle.h) unless --every-instruction. */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "chip.h"
#include "converter.h"
#include "flat_json.h"
#include "pins.h"
#include "plant.h"
#include "record.h"
#include "serial.h"

enum { LINE = 4096, HALT_CYCLES = 1000, ROLLED_BACK = 3, LATE_MS = 100 };

typedef struct {
    record_t record;
    chip_t chip;
    converter_t converter;
    serial_t serial;
    plant_t plant;
    bool powered;
    uint64_t next_tick;
    uint64_t pause_cycle; /* where chip_step() must not sleep beyond */
    FILE *out;
    const char *eeprom_file;
    char line[LINE];
    size_t filled;
    bool checkpoint; /* this process is the child of one */
    bool paced;
    struct timespec pace_from;
    uint64_t pace_cycle;
    uint64_t late_ms;
} bench_t;

/* Time. */

static avr_cycle_count_t on_tick(struct avr_t *avr, avr_cycle_count_t when, void *param) {
    (void)avr;
    bench_t *bench = param;
    plant_tick(&bench->plant, when);
    serial_exchange(&bench->serial);
    return when + CYCLES_PER_MS;
}

static avr_cycle_count_t on_pause(struct avr_t *avr, avr_cycle_count_t when, void *param) {
    (void)avr;
    (void)when;
    (void)param;
    return 0;
}

static void on_restarted(void *context, restart_t why) {
    (void)why;
    bench_t *bench = context;
    avr_t *avr = bench->chip.avr;
    avr_cycle_timer_register(avr, CYCLES_PER_MS, on_tick, bench);
    if (bench->pause_cycle > avr->cycle) {
        avr_cycle_timer_register(avr, bench->pause_cycle - avr->cycle, on_pause, bench);
    }
    plant_restarted(&bench->plant);
    serial_restarted(&bench->serial);
}

static void on_ports(void *context, uint64_t cycle) { plant_ports(&((bench_t *)context)->plant, cycle); }

static void on_pilot_edge(void *context, bool high, uint64_t cycle) {
    plant_pilot_edge(&((bench_t *)context)->plant, high, cycle);
}

static double on_sample(void *context, uint8_t channel, uint64_t cycle) {
    return plant_pin_v(&((bench_t *)context)->plant, channel, cycle);
}

/* Without power, or after a crash, time passes all the same. */
static void idle(bench_t *bench, uint64_t until) {
    avr_t *avr = bench->chip.avr;
    uint64_t step = until - avr->cycle < HALT_CYCLES ? until - avr->cycle : HALT_CYCLES;
    avr->cycle += step;
    if (bench->powered) {
        int state = avr->state;
        (void)avr_cycle_timer_process(avr); /* the watchdog still runs */
        avr->state = state;
        if (avr->run != avr_callback_run_raw) {
            bench->chip.halted = false;
            chip_step(&bench->chip);
        }
        return;
    }
    while (bench->next_tick <= avr->cycle) {
        plant_tick(&bench->plant, bench->next_tick);
        bench->next_tick += CYCLES_PER_MS;
    }
}

/* A condition on something that is recorded. */
typedef struct {
    const char *name; /* NULL: none */
    int64_t is;
    size_t seen;
} until_t;

static bool reached(const bench_t *bench, until_t *until) {
    while (until->seen < bench->record.count) {
        const event_t *event = &bench->record.events[until->seen++];
        if (strcmp(event->name, until->name) == 0 && event->value == until->is) {
            return true;
        }
    }
    return false;
}

/* True when the condition ended the run. */
static bool run(bench_t *bench, uint64_t cycles, until_t *until) {
    avr_t *avr = bench->chip.avr;
    uint64_t end = avr->cycle + cycles;
    idle_disarm(&bench->chip.idle); /* the user may have changed an input */
    bench->pause_cycle = end;
    if (bench->powered) {
        avr_cycle_timer_register(avr, cycles, on_pause, bench);
    }
    while (avr->cycle < end) {
        if (bench->powered && !bench->chip.halted) {
            chip_step(&bench->chip);
            serial_watch(&bench->serial);
        } else {
            idle(bench, end);
        }
        if (until->name != NULL && reached(bench, until)) {
            return true;
        }
    }
    return false;
}

static void power_on(bench_t *bench) {
    bench->powered = true;
    chip_power_on(&bench->chip);
}

static void save_eeprom(bench_t *bench) {
    if (bench->eeprom_file == NULL) {
        return;
    }
    FILE *file = fopen(bench->eeprom_file, "wb");
    if (file == NULL || fwrite(chip_eeprom(&bench->chip), 1, EEPROM_SIZE, file) != EEPROM_SIZE) {
        fprintf(stderr, "avr-bench: cannot write %s\n", bench->eeprom_file);
    }
    if (file != NULL) {
        fclose(file);
    }
}

static void power_off(bench_t *bench, torn_t torn) {
    chip_power_off(&bench->chip, torn);
    bench->powered = false;
    bench->next_tick = bench->chip.avr->cycle + CYCLES_PER_MS;
    avr_reset(bench->chip.avr); /* all pins float */
    bench->chip.was_reset = false;
    chip_look(&bench->chip);
    bench->serial.to_chip.count = 0;
    save_eeprom(bench);
}

/* Answers. */

static void say_figures(bench_t *bench) {
    const figures_t *f = bench->record.figures;
    FILE *out = bench->out;
    fprintf(out, ",\"figures\":{\"isr\":{");
    const char *separator = "";
    for (int i = 0; i < VECTORS; i++) {
        if (f->isr[i].count > 0) {
            fprintf(out, "%s\"%d\":[%llu,%llu,%llu]", separator, i, (unsigned long long)f->isr[i].count,
                    (unsigned long long)f->isr[i].worst, (unsigned long long)f->isr[i].cycles);
            separator = ",";
        }
    }
    fprintf(out, "},\"step_worst\":%llu,\"step_median\":%u,\"steps\":%llu", (unsigned long long)f->step_worst,
            record_step_median(&bench->record), (unsigned long long)f->steps);
    unsigned stack = f->lowest_sp == UINT16_MAX ? 0u : (unsigned)(bench->chip.avr->ramend - f->lowest_sp);
    fprintf(out, ",\"stack\":%u,\"masked\":%llu", stack, (unsigned long long)f->worst_masked);
    fprintf(out, ",\"rx_overruns\":%llu,\"tx_overruns\":%llu,\"baud_errors\":%llu,\"eeprom_overruns\":%llu",
            (unsigned long long)f->rx_overruns, (unsigned long long)f->tx_overruns, (unsigned long long)f->baud_errors,
            (unsigned long long)f->eeprom_overruns);
    fprintf(out, ",\"rx_bytes\":%llu,\"tx_bytes\":%llu,\"instructions\":%llu}", (unsigned long long)f->rx_bytes,
            (unsigned long long)f->tx_bytes, (unsigned long long)f->instructions);
}

static void say_state(bench_t *bench) {
    const plant_t *p = &bench->plant;
    FILE *out = bench->out;
    fprintf(out, ",\"c1\":%d,\"c2\":%d,\"cp_off\":%d,\"lock_a\":%d,\"lock_b\":%d,\"red\":%d,\"green\":%d,\"blue\":%d",
            p->pins.c1, p->pins.c2, p->pins.cp_off, p->pins.lock_a, p->pins.lock_b, p->pins.red, p->pins.green,
            p->pins.blue);
    fprintf(out, ",\"c1_main\":%d,\"c2_main\":%d,\"locked\":%d", p->c1_closed, p->c2_closed,
            sim_lock_engaged(&p->lock));
    fprintf(out, ",\"period\":%llu,\"high\":%llu,\"rises\":%llu", (unsigned long long)p->pwm.period,
            (unsigned long long)p->pwm.high, (unsigned long long)p->pwm.rises);
    fprintf(out, ",\"periods\":[%llu,%llu],\"highs\":[%llu,%llu]", (unsigned long long)p->pwm.shortest_period,
            (unsigned long long)p->pwm.longest_period, (unsigned long long)p->pwm.shortest_high,
            (unsigned long long)p->pwm.longest_high);
    fprintf(out, ",\"powered\":%d,\"halted\":%d,\"baud\":%.1f,\"late_ms\":%llu,\"eeprom_writes\":%llu", bench->powered,
            bench->chip.halted, serial_baud(&bench->serial), (unsigned long long)bench->late_ms,
            (unsigned long long)bench->chip.eeprom_writes);
    fprintf(out, ",\"samples\":[%llu,%llu,%llu],\"sp\":%u",
            (unsigned long long)bench->converter.samples[PIN_TEMPERATURE],
            (unsigned long long)bench->converter.samples[PIN_CP_SENSE],
            (unsigned long long)bench->converter.samples[PIN_PP],
            (unsigned)(bench->chip.avr->data[R_SPL] | bench->chip.avr->data[R_SPH] << 8));
}

/* Events and received bytes are handed out once. */
static void say_news(bench_t *bench) {
    FILE *out = bench->out;
    fprintf(out, ",\"events\":[");
    for (size_t i = 0; i < bench->record.count; i++) {
        const event_t *event = &bench->record.events[i];
        fprintf(out, "%s[%llu,\"%s\",%lld]", i == 0 ? "" : ",", (unsigned long long)event->cycle, event->name,
                (long long)event->value);
    }
    fprintf(out, "],\"events_lost\":%llu", (unsigned long long)bench->record.lost);
    bench->record.count = 0;
    if (bench->serial.pty < 0) {
        fprintf(out, ",\"uart\":\"");
        for (int byte = serial_receive(&bench->serial); byte >= 0; byte = serial_receive(&bench->serial)) {
            fprintf(out, "%02x", (unsigned)byte);
        }
        fprintf(out, "\"");
    }
}

static void begin_answer(bench_t *bench) {
    fprintf(bench->out, "{\"cycle\":%llu", (unsigned long long)bench->chip.avr->cycle);
}

static void end_answer(bench_t *bench) {
    fprintf(bench->out, "}\n");
    fflush(bench->out);
}

static void complain(bench_t *bench, const char *why) {
    begin_answer(bench);
    fprintf(bench->out, ",\"error\":\"%s\"", why);
    end_answer(bench);
}

/* Commands. */

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

static bool set(bench_t *bench, const flat_t *flat) {
    plant_bend(&bench->plant, bench->chip.avr->cycle);
    for (int i = 0; i < flat->count; i++) {
        const flat_member_t *member = &flat->members[i];
        if (strcmp(member->name, "noise_v") == 0) {
            bench->converter.noise_v = member->number;
        } else if (strcmp(member->name, "do") != 0 && !set_member(&bench->plant, member)) {
            return false;
        }
    }
    plant_changed(&bench->plant);
    return true;
}

static size_t unhex(const char *text, uint8_t *bytes, size_t capacity) {
    size_t count = 0;
    unsigned value;
    while (count < capacity && sscanf(text + 2 * count, "%2x", &value) == 1) {
        bytes[count++] = (uint8_t)value;
    }
    return count;
}

static bool send(bench_t *bench, const flat_t *flat) {
    uint8_t bytes[LINE / 2];
    const flat_member_t *hex = flat_find(flat, "hex");
    if (hex == NULL || hex->text == NULL) {
        return false;
    }
    size_t count = unhex(hex->text, bytes, sizeof bytes);
    return serial_send(&bench->serial, bytes, count) == count;
}

static bool load_eeprom(bench_t *bench, const flat_t *flat) {
    const flat_member_t *hex = flat_find(flat, "hex");
    size_t offset = (size_t)flat_number(flat, "offset", 0.0);
    if (hex == NULL || hex->text == NULL || offset >= EEPROM_SIZE) {
        return false;
    }
    (void)unhex(hex->text, chip_eeprom(&bench->chip) + offset, EEPROM_SIZE - offset);
    memcpy(bench->chip.shadow, chip_eeprom(&bench->chip), EEPROM_SIZE);
    return true;
}

static bool poke(bench_t *bench, const flat_t *flat) {
    double address = flat_number(flat, "address", -1.0);
    if (address < 0.0 || address > bench->chip.avr->ramend) {
        return false;
    }
    idle_disarm(&bench->chip.idle);
    bench->chip.avr->data[(uint16_t)address] = (uint8_t)flat_number(flat, "value", 0.0);
    return true;
}

static bool run_command(bench_t *bench, const flat_t *flat) {
    double cycles = flat_number(flat, "ms", 0.0) * CYCLES_PER_MS + flat_number(flat, "cycles", 0.0);
    if (cycles < 1.0) {
        return false;
    }
    const flat_member_t *name = flat_find(flat, "until");
    until_t until = {.name = name == NULL ? NULL : name->text, .is = (int64_t)flat_number(flat, "is", 1.0)};
    until.seen = bench->record.count;
    bool met = run(bench, (uint64_t)cycles, &until);
    begin_answer(bench);
    fprintf(bench->out, ",\"met\":%s", met ? "true" : "false");
    say_state(bench);
    say_news(bench);
    end_answer(bench);
    return true;
}

/* The parent waits with this very state while the child goes on; `rollback` ends the child, and the parent goes on.
 * Both write to the same stdout and read the same stdin, of which nothing is buffered between commands. */
static void checkpoint(bench_t *bench) {
    fflush(bench->out);
    pid_t child = fork();
    if (child < 0) {
        complain(bench, "fork failed");
        return;
    }
    if (child == 0) {
        bench->checkpoint = true;
    } else {
        int status = 0;
        while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
        if (!WIFEXITED(status) || WEXITSTATUS(status) != ROLLED_BACK) {
            _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
        }
    }
    begin_answer(bench);
    end_answer(bench);
}

static void set_pace(bench_t *bench, bool on) {
    bench->paced = on;
    bench->pace_cycle = bench->chip.avr->cycle;
    clock_gettime(CLOCK_MONOTONIC, &bench->pace_from);
}

/* With the wall clock: runs what is due, and returns the milliseconds until more is. */
static int keep_pace(bench_t *bench) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double passed_ms =
        (double)(now.tv_sec - bench->pace_from.tv_sec) * 1e3 + (double)(now.tv_nsec - bench->pace_from.tv_nsec) / 1e6;
    double done_ms = (double)(bench->chip.avr->cycle - bench->pace_cycle) / CYCLES_PER_MS;
    if (passed_ms < done_ms + 1.0) {
        return 1;
    }
    if (passed_ms > done_ms + LATE_MS) { /* this machine is too slow: time is lost, not caught up with */
        bench->late_ms += (uint64_t)(passed_ms - done_ms);
        set_pace(bench, true);
    }
    until_t nothing = {0};
    (void)run(bench, CYCLES_PER_MS, &nothing);
    return 0;
}

/* Paced, until the condition holds or `ms` have passed; what happened since the newest news counts. False: stdin has
 * ended. */
static bool wait_command(bench_t *bench, const flat_t *flat) {
    const flat_member_t *name = flat_find(flat, "until");
    until_t until = {.name = name == NULL ? "" : name->text, .is = (int64_t)flat_number(flat, "is", 1.0)};
    uint64_t end = bench->chip.avr->cycle + (uint64_t)(flat_number(flat, "ms", 0.0) * CYCLES_PER_MS);
    bool met = false;
    while (!met && bench->chip.avr->cycle < end) {
        struct pollfd in = {.fd = STDIN_FILENO, .events = 0};
        if (poll(&in, 1, keep_pace(bench)) > 0) {
            return false;
        }
        met = reached(bench, &until);
    }
    begin_answer(bench);
    fprintf(bench->out, ",\"met\":%s", met ? "true" : "false");
    say_state(bench);
    say_news(bench);
    end_answer(bench);
    return true;
}

/* False: `quit`. */
static bool obey(bench_t *bench, char *line) {
    flat_t flat;
    const flat_member_t *what = flat_parse(line, &flat) ? flat_find(&flat, "do") : NULL;
    const char *verb = what == NULL || what->text == NULL ? "" : what->text;
    bool good = true;
    if (strcmp(verb, "run") == 0) {
        if (!run_command(bench, &flat)) {
            complain(bench, "nothing to run");
        }
        return true;
    }
    if (strcmp(verb, "wait") == 0 && bench->paced) {
        return wait_command(bench, &flat);
    }
    if (strcmp(verb, "checkpoint") == 0) {
        checkpoint(bench);
        return true;
    }
    if (strcmp(verb, "rollback") == 0) {
        if (bench->checkpoint) {
            _exit(ROLLED_BACK);
        }
        complain(bench, "no checkpoint");
        return true;
    }
    if (strcmp(verb, "set") == 0) {
        good = set(bench, &flat);
    } else if (strcmp(verb, "send") == 0) {
        good = send(bench, &flat);
    } else if (strcmp(verb, "off") == 0) {
        power_off(bench, (torn_t)flat_number(&flat, "torn", TORN_ERASED));
    } else if (strcmp(verb, "on") == 0) {
        power_on(bench);
    } else if (strcmp(verb, "reset") == 0) {
        chip_reset_pin(&bench->chip);
    } else if (strcmp(verb, "load_eeprom") == 0) {
        good = load_eeprom(bench, &flat);
    } else if (strcmp(verb, "poke") == 0) {
        good = poke(bench, &flat);
    } else if (strcmp(verb, "clear") == 0) {
        record_clear(&bench->record);
        plant_clear(&bench->plant);
    } else if (strcmp(verb, "clear_pwm") == 0) {
        plant_clear(&bench->plant);
    } else if (strcmp(verb, "pace") == 0) {
        set_pace(bench, flat_number(&flat, "on", 1.0) != 0.0);
    } else if (strcmp(verb, "quit") == 0) {
        return false;
    } else if (strcmp(verb, "read") != 0 && strcmp(verb, "eeprom") != 0) {
        complain(bench, "no such command");
        return true;
    }
    if (!good) {
        complain(bench, "bad value");
        return true;
    }
    begin_answer(bench);
    if (strcmp(verb, "read") == 0) {
        say_state(bench);
        say_figures(bench);
        say_news(bench);
    } else if (strcmp(verb, "eeprom") == 0) {
        fprintf(bench->out, ",\"hex\":\"");
        for (int i = 0; i < EEPROM_SIZE; i++) {
            fprintf(bench->out, "%02x", chip_eeprom(&bench->chip)[i]);
        }
        fprintf(bench->out, "\"");
    }
    end_answer(bench);
    return true;
}

/* Reads what is there and obeys whole lines; false at the end of stdin or after `quit`. */
static bool listen(bench_t *bench) {
    ssize_t got = read(STDIN_FILENO, bench->line + bench->filled, LINE - 1 - bench->filled);
    if (got <= 0) {
        return got < 0 && errno == EINTR;
    }
    bench->filled += (size_t)got;
    char *end = memchr(bench->line, '\n', bench->filled);
    while (end != NULL) {
        char line[LINE];
        size_t length = (size_t)(end - bench->line);
        memcpy(line, bench->line, length);
        line[length] = '\0';
        bench->filled -= length + 1;
        memmove(bench->line, end + 1, bench->filled);
        if (!obey(bench, line)) {
            return false;
        }
        end = memchr(bench->line, '\n', bench->filled);
    }
    return bench->filled < LINE - 1;
}

static int serve(bench_t *bench) {
    for (;;) {
        int wait_ms = bench->paced ? keep_pace(bench) : -1;
        struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
        if (poll(&in, 1, wait_ms) > 0 && !listen(bench)) {
            return 0;
        }
    }
}

static void to_stderr(struct avr_t *avr, const int level, const char *format, va_list arguments) {
    if (level <= (avr == NULL ? LOG_ERROR : avr->log)) {
        vfprintf(stderr, format, arguments);
    }
}

static bool read_eeprom(bench_t *bench) {
    FILE *file = bench->eeprom_file == NULL ? NULL : fopen(bench->eeprom_file, "rb");
    if (file == NULL) {
        return true; /* blank */
    }
    bool whole = fread(chip_eeprom(&bench->chip), 1, EEPROM_SIZE, file) == EEPROM_SIZE;
    fclose(file);
    return whole;
}

static int usage(void) {
    fprintf(stderr, "usage: avr-bench [--pty LINK] [--eeprom FILE] [--every-instruction] ELF\n");
    return 2;
}

int main(int argc, char **argv) {
    static bench_t bench;
    const char *elf = NULL;
    const char *link = NULL;
    bool leaps = true;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--pty") == 0 && i + 1 < argc) {
            link = argv[++i];
        } else if (strcmp(argv[i], "--eeprom") == 0 && i + 1 < argc) {
            bench.eeprom_file = argv[++i];
        } else if (strcmp(argv[i], "--every-instruction") == 0) {
            leaps = false;
        } else if (elf == NULL && argv[i][0] != '-') {
            elf = argv[i];
        } else {
            return usage();
        }
    }
    if (elf == NULL) {
        return usage();
    }
    /* simavr prints to stdout; answers keep a descriptor of their own */
    int answers = dup(STDOUT_FILENO);
    bench.out = answers < 0 ? NULL : fdopen(answers, "w");
    if (bench.out == NULL || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
        perror("avr-bench");
        return 1;
    }
    avr_global_logger_set(to_stderr);
    const chip_hooks_t hooks = {&bench, on_ports, on_pilot_edge, on_restarted};
    if (!record_init(&bench.record) || !chip_init(&bench.chip, elf, &bench.record, &hooks)) {
        fprintf(stderr, "avr-bench: cannot load %s\n", elf);
        return 1;
    }
    bench.chip.leaps = leaps;
    converter_init(&bench.converter, &bench.chip, on_sample, &bench);
    serial_init(&bench.serial, &bench.chip);
    plant_init(&bench.plant, &bench.chip);
    if (!read_eeprom(&bench) || (link != NULL && !serial_open_pty(&bench.serial, link))) {
        perror("avr-bench");
        return 1;
    }
    power_on(&bench);
    int status = serve(&bench);
    save_eeprom(&bench);
    if (link != NULL) {
        (void)unlink(link);
    }
    return status;
}
