/* avr-bench: runs the image of the ATmega328P board against a model of everything around it.
 *
 *     avr-bench [--pty LINK] [--eeprom FILE] [--every-instruction] ELF
 *
 * Commands are lines of flat JSON on stdin, each answered by one line on stdout; docs/emulator.md lists them. Virtual
 * time passes only in `run`, or with the wall clock after `pace`. The bench ends when stdin does. Idle loops of the
 * program are leaped over (idle.h) unless --every-instruction. */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "commands.h"

typedef struct {
    char bytes[COMMAND_LINE];
    size_t filled;
} input_t;

/* Reads what is there and obeys whole lines; false at the end of stdin, or of the bench. */
static bool listen_to(input_t *input, bench_t *bench) {
    ssize_t got = read(STDIN_FILENO, input->bytes + input->filled, COMMAND_LINE - 1 - input->filled);
    if (got <= 0) {
        return got < 0 && errno == EINTR;
    }
    input->filled += (size_t)got;
    char *end = memchr(input->bytes, '\n', input->filled);
    while (end != NULL) {
        char line[COMMAND_LINE];
        size_t length = (size_t)(end - input->bytes);
        memcpy(line, input->bytes, length);
        line[length] = '\0';
        input->filled -= length + 1;
        memmove(input->bytes, end + 1, input->filled);
        command(bench, line);
        if (bench->ended) {
            return false;
        }
        end = memchr(input->bytes, '\n', input->filled);
    }
    return input->filled < COMMAND_LINE - 1;
}

static void serve(bench_t *bench) {
    static input_t input;
    bool open = true;
    while (open) {
        int wait_ms = bench->paced ? bench_keep_pace(bench) : -1;
        struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
        open = poll(&in, 1, wait_ms) <= 0 || listen_to(&input, bench);
    }
}

static void to_stderr(struct avr_t *avr, const int level, const char *format, va_list arguments) {
    if (level <= (avr == NULL ? LOG_ERROR : avr->log)) {
        vfprintf(stderr, format, arguments);
    }
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
    if (!bench_init(&bench, elf)) {
        fprintf(stderr, "avr-bench: cannot load %s, or %s is no EEPROM\n", elf,
                bench.eeprom_file == NULL ? "nothing" : bench.eeprom_file);
        return 1;
    }
    bench.chip.leaps = leaps;
    if (link != NULL && !serial_open_pty(&bench.serial, link)) {
        perror("avr-bench: pseudo terminal");
        return 1;
    }
    bench_power_on(&bench);
    serve(&bench);
    bench_save_eeprom(&bench);
    if (link != NULL) {
        (void)unlink(link);
    }
    return 0;
}
