#include "chip.h"

#include <simavr/avr_extint.h>
#include <simavr/avr_ioport.h>
#include <simavr/avr_watchdog.h>
#include <simavr/sim_core.h>
#include <simavr/sim_elf.h>
#include <string.h>

#include "pins.h"

enum {
    REG_EECR = 0x3F,
    REG_EEARL = 0x41,
    REG_EEARH = 0x42,
    REG_MCUSR = 0x54,
    REG_WDTCSR = 0x60,
    REG_TCCR1A = 0x80,
    REG_TCCR1B = 0x81,
    REG_TCCR1C = 0x82,
    REG_RAM = 0x100,
    PORF = 1,
    EXTRF = 2,
    WDE = 1 << 3,
    WDP = 0x27, /* WDP3 and WDP2 to WDP0 */
    EERE = 1,
    EEPE = 2,
    EEMPE = 4,
    EEPROM_WRITE_CYCLES = CYCLES_PER_MS / 10 * 34,
    EEPROM_ARMED_CYCLES = 4,
    LONGEST_INSTRUCTION = 5,
    ACCEPT_CYCLES = 4,   /* simavr accepts an interrupt in no time */
    STEP_VECTOR = 13,    /* TIMER1_OVF */
    ENTRY_CYCLES = 8,    /* acceptance, and the jump in the table */
    RETURN_ADDRESS = 2,  /* bytes of stack */
    GLANCE_CYCLES = 500, /* a handler that has only looked whether it may run */
    VECTOR_STRIDE = 256, /* of simavr's numbers of interrupt lines */
    OP_OUT_MASK = 0xFE0F,
    OP_OUT_SPH = 0xBE0E,
    COM_CLEAR_ON_MATCH = 2,
    COM_SET_ON_MATCH = 3,
    WGM13 = 1 << 4,
    FOC1B = 1 << 6,
    OP_RETI = 0x9518,
    COMPARE_B = AVR_TIMER_COMPB,
};

/* Interrupts and time. */

static void isr_ended(chip_t *chip) {
    if (!chip->returning) {
        return;
    }
    chip->returning = false;
    if (chip->depth == 0) {
        return;
    }
    chip->depth--;
    chip->returned = chip->depth == 0;
    uint8_t vector = chip->running[chip->depth].vector;
    uint64_t cycles = chip->avr->cycle - chip->running[chip->depth].since;
    figures_t *figures = chip->record->figures;
    isr_figures_t *isr = &figures->isr[vector];
    isr->count++;
    isr->cycles += cycles;
    if (cycles > isr->worst) {
        isr->worst = cycles;
    }
    if (chip->stepping && vector != STEP_VECTOR) {
        chip->step_nested += cycles;
    }
}

static inline uint16_t stack_pointer(const chip_t *chip) {
    return (uint16_t)(chip->avr->data[R_SPL] | chip->avr->data[R_SPH] << 8);
}

/* The step's handler may also be called like a function: entry and RETI are told by address and SP. */
static void step_begins(chip_t *chip) {
    if (chip->stepping) {
        return; /* it interrupted itself */
    }
    uint64_t now = chip->avr->cycle;
    bool accepted = chip->depth > 0 && chip->running[chip->depth - 1].vector == STEP_VECTOR &&
                    now - chip->running[chip->depth - 1].since <= ENTRY_CYCLES;
    chip->stepping = true;
    chip->step_since = accepted ? chip->running[chip->depth - 1].since : now;
    chip->step_sp = stack_pointer(chip);
    chip->step_nested = 0;
}

static void step_ends(chip_t *chip) {
    if (!chip->stepping || stack_pointer(chip) != chip->step_sp + RETURN_ADDRESS) {
        return;
    }
    chip->stepping = false;
    uint64_t cycles = chip->avr->cycle - chip->step_since;
    figures_t *figures = chip->record->figures;
    uint64_t bin = cycles / STEP_BIN;
    figures->steps++;
    if (cycles > GLANCE_CYCLES) {
        uint64_t gap = chip->avr->cycle - chip->step_ended;
        if (chip->step_ended != 0 && gap > figures->step_gap) {
            figures->step_gap = gap;
        }
        chip->step_ended = chip->avr->cycle;
    }
    figures->step_bins[bin < STEP_BINS ? bin : STEP_BINS - 1]++;
    if (cycles > figures->step_worst) {
        figures->step_worst = cycles;
        figures->step_worst_nested = chip->step_nested;
        figures->step_worst_cycle = chip->step_since;
    }
}

/* simavr tells of the acceptance of an interrupt (1), and of its RETI (0) before that instruction has taken time. */
static void on_running(struct avr_irq_t *irq, uint32_t value, void *param) {
    chip_t *chip = param;
    if (value == 0) {
        chip->returning = true;
        return;
    }
    isr_ended(chip);
    if (chip->depth < NESTED) {
        chip->running[chip->depth].since = chip->avr->cycle;
        chip->running[chip->depth].vector = (uint8_t)(irq->irq / VECTOR_STRIDE);
        chip->depth++;
    }
    chip->returned = false;
    idle_disarm(&chip->idle);
    chip->avr->cycle += ACCEPT_CYCLES;
}

/* From start-up to the first SEI does not count. */
static void mask_changed(chip_t *chip) {
    uint64_t cycles = chip->avr->cycle - chip->masked_since;
    chip->masked = !chip->masked;
    if (chip->masked) {
        chip->masked_since = chip->avr->cycle;
    } else if (!chip->starting && cycles > chip->record->figures->worst_masked) {
        chip->record->figures->worst_masked = cycles;
    }
    chip->starting = false;
}

/* Between its two OUT instructions SP is no address. */
static inline void watch_stack(chip_t *chip, uint16_t opcode) {
    uint16_t sp = stack_pointer(chip);
    if (sp == chip->sp) {
        return;
    }
    chip->sp = sp;
    bool torn = (opcode & OP_OUT_MASK) == OP_OUT_SPH;
    if (!torn && sp >= REG_RAM && sp < chip->record->figures->lowest_sp) {
        chip->record->figures->lowest_sp = sp;
    }
}

/* Ports, and timer 1's output. simavr mixes the latter with PORTB; here it is told apart by COM1B. */

static void pilot_edge(chip_t *chip, uint64_t cycle) {
    const uint8_t *data = chip->avr->data;
    uint8_t bit = 1u << PIN_CP_PWM;
    bool high = (data[REG_DDRB] & bit) != 0 && (chip->com1b != 0 ? chip->oc1b : (data[REG_PORTB] & bit) != 0);
    if (high != chip->pilot_high) {
        chip->pilot_high = high;
        chip->hooks.pilot_edge(chip->hooks.context, high, cycle);
    }
}

/* The edge belongs to the timer's count, not to the end of the instruction in which simavr notices it. */
static void on_oc1b(struct avr_irq_t *irq, uint32_t value, void *param) {
    (void)irq;
    chip_t *chip = param;
    uint64_t cycle = chip->avr->cycle;
    uint64_t base = chip->timer1->tov_base;
    uint64_t exact = value != 0 ? base : base + chip->timer1->comp[COMPARE_B].comp_cycles;
    if (value != 0 && exact + chip->timer1->tov_cycles <= cycle) {
        exact += chip->timer1->tov_cycles; /* from on_overflow(), before simavr moves its base */
    }
    chip->oc1b = value != 0;
    pilot_edge(chip, exact <= cycle && exact + LONGEST_INSTRUCTION + ACCEPT_CYCLES >= cycle ? exact : cycle);
}

/* Compare registers are double-buffered until the counter's bottom; simavr 1.6 would never take a new value in mode 14,
 * and would put out low for OCR1B = ICR1, which is a static high. */
static void on_overflow(struct avr_irq_t *irq, uint32_t value, void *param) {
    (void)irq;
    chip_t *chip = param;
    avr_timer_t *timer = chip->timer1;
    if (value == 0 || timer->mode.kind != avr_timer_wgm_pwm || timer->mode.top != avr_timer_wgm_reg_icr) {
        return;
    }
    for (int i = AVR_TIMER_COMPA; i <= AVR_TIMER_COMPB; i++) {
        avr_timer_comp_t *comp = &timer->comp[i];
        uint16_t ocr = (uint16_t)(chip->avr->data[comp->r_ocr] | chip->avr->data[comp->r_ocrh] << 8);
        bool matches = ocr < timer->tov_top;
        comp->comp_cycles = matches ? (uint64_t)timer->cs_div_value * (ocr + 1u) : 0;
        if (i == COMPARE_B && !matches && chip->com1b == COM_CLEAR_ON_MATCH) {
            avr_raise_irq(timer->io.irq + TIMER_IRQ_OUT_COMP + COMPARE_B, 1);
        }
    }
}

/* FOC1B, which simavr does not know: works in the modes without PWM. */
static void on_tccr1c(struct avr_t *avr, avr_io_addr_t address, uint8_t value, void *param) {
    chip_t *chip = param;
    uint8_t com1b = avr->data[REG_TCCR1A] >> 4 & 3u;
    bool pwm = (avr->data[REG_TCCR1A] & 3u) != 0 || (avr->data[REG_TCCR1B] & WGM13) != 0;
    avr->data[address] = 0;
    if ((value & FOC1B) == 0 || pwm || com1b == 0) {
        return;
    }
    chip->oc1b = com1b == COM_CLEAR_ON_MATCH ? false : com1b == COM_SET_ON_MATCH ? true : !chip->oc1b;
    pilot_edge(chip, avr->cycle);
}

/* DDRB to PORTD without PINC and PIND, in one look. */
static uint64_t port_registers(const chip_t *chip) {
    static const uint8_t mask[8] = {0xFF, 0xFF, 0, 0xFF, 0xFF, 0, 0xFF, 0xFF};
    uint64_t registers;
    uint64_t wanted;
    memcpy(&registers, chip->avr->data + REG_DDRB, sizeof registers);
    memcpy(&wanted, mask, sizeof wanted);
    return registers & wanted;
}

static void ports_changed(chip_t *chip) {
    chip->ports = port_registers(chip);
    chip->tccr1a = chip->avr->data[REG_TCCR1A];
    chip->com1b = chip->tccr1a >> 4 & 3u;
    pilot_edge(chip, chip->avr->cycle);
    chip->hooks.ports(chip->hooks.context, chip->avr->cycle);
}

static inline void watch_ports(chip_t *chip) {
    if (port_registers(chip) != chip->ports || chip->avr->data[REG_TCCR1A] != chip->tccr1a) {
        ports_changed(chip);
    }
}

void chip_look(chip_t *chip) { watch_ports(chip); }

static avr_irq_t *pin_irq(const chip_t *chip, char port, uint8_t pin) {
    return avr_io_getirq(chip->avr, AVR_IOCTL_IOPORT_GETIRQ(port), pin);
}

static uint16_t port_register(char port) { return (uint16_t)(REG_PORTB + 3 * (port - 'B')); }

static void drive(chip_t *chip, char port, uint8_t pin, bool driven, bool high) {
    uint8_t *pulled = &chip->pulled[port - 'B'];
    uint8_t *level = &chip->level[port - 'B'];
    uint8_t bit = (uint8_t)(1u << pin);
    *pulled = (uint8_t)(driven ? *pulled | bit : *pulled & ~bit);
    *level = (uint8_t)(driven && high ? *level | bit : *level & ~bit);
    avr_ioport_external_t external = {.name = (unsigned char)port & 0x7Fu, .mask = *pulled, .value = *level};
    avr_ioctl(chip->avr, AVR_IOCTL_IOPORT_SET_EXTERNAL(port), &external);
    uint8_t *in = &chip->avr->data[port_register(port) - 2];
    *in = (uint8_t)(high ? *in | bit : *in & ~bit); /* a reset clears it, and the line would filter equal levels */
    avr_raise_irq(pin_irq(chip, port, pin), high);
}

void chip_drive(chip_t *chip, char port, uint8_t pin, bool high) { drive(chip, port, pin, true, high); }

void chip_release(chip_t *chip, char port, uint8_t pin) {
    uint16_t reg = port_register(port);
    drive(chip, port, pin, false, (chip->avr->data[reg] & ~chip->avr->data[reg - 1] & 1u << pin) != 0);
}

bool chip_drives(const chip_t *chip, char port, uint8_t pin) {
    return (chip->avr->data[port_register(port) - 1] & 1u << pin) != 0;
}

bool chip_output(const chip_t *chip, char port, uint8_t pin) {
    uint16_t reg = port_register(port);
    return (chip->avr->data[reg] & chip->avr->data[reg - 1] & 1u << pin) != 0;
}

/* EEPROM. simavr stores a byte at once and never shows EEPE. */

uint8_t *chip_eeprom(chip_t *chip) { return chip->eeprom->eeprom; }

static void on_eecr(struct avr_t *avr, avr_io_addr_t address, uint8_t value, void *param) {
    (void)address;
    chip_t *chip = param;
    bool busy = avr->cycle < chip->busy_until;
    bool armed = chip->armed != 0 && avr->cycle - chip->armed <= EEPROM_ARMED_CYCLES;
    if (armed && (value & EEPE) != 0) {
        chip->armed = 0;
        if (busy) {
            chip->record->figures->eeprom_overruns++;
        }
        uint16_t cell = (uint16_t)((avr->data[REG_EEARL] | avr->data[REG_EEARH] << 8) & (EEPROM_SIZE - 1));
        chip->busy_address = cell;
        chip->busy_old = chip->shadow[cell];
        chip->shadow[cell] = chip_eeprom(chip)[cell];
        chip->busy_until = avr->cycle + EEPROM_WRITE_CYCLES;
        chip->eeprom_writes++;
        record_event(chip->record, avr->cycle, "eeprom", cell);
    } else if ((value & EEMPE) != 0 && !armed) {
        chip->armed = avr->cycle;
    } else if ((value & EERE) != 0 && busy) {
        chip->record->figures->eeprom_overruns++;
    }
}

static void eeprom_busy(chip_t *chip) {
    if (chip->avr->cycle < chip->busy_until) {
        chip->avr->data[REG_EECR] |= EEPE;
    } else {
        chip->avr->data[REG_EECR] &= (uint8_t)~EEPE;
        chip->busy_until = 0;
    }
}

/* Flash. */

void chip_patch(chip_t *chip, uint16_t address, const uint8_t *bytes, size_t count) {
    idle_disarm(&chip->idle);
    chip->step_ended = 0; /* what the patch delays is no gap between two steps */
    memcpy(chip->avr->flash + address, bytes, count);
}

void chip_repair(chip_t *chip) { chip_patch(chip, 0, chip->image, FLASH_SIZE); }

/* Watchdog. simavr 1.6 goes on with the old time until the next WDR when the time is changed while it runs. */

static void on_wdtcsr(struct avr_t *avr, avr_io_addr_t address, uint8_t value, void *param) {
    (void)value;
    chip_t *chip = param;
    uint8_t time = avr->data[address] & WDP;
    if (time != chip->watchdog_time && (avr->data[address] & WDE) != 0) {
        avr_ioctl(avr, AVR_IOCTL_WATCHDOG_RESET, NULL);
    }
    chip->watchdog_time = time;
}

/* The rest. */

avr_io_t *chip_module(chip_t *chip, const char *kind, char name) {
    for (avr_io_t *io = chip->avr->io_port; io != NULL; io = io->next) {
        bool named = io->irq_ioctl_get != 0 && (char)(io->irq_ioctl_get & 0xFFu) == name;
        if (strcmp(io->kind, kind) == 0 && (name == 0 || named)) {
            return io;
        }
    }
    return NULL;
}

uint32_t chip_random(chip_t *chip) {
    chip->random = chip->random * 1664525u + 1013904223u;
    return chip->random >> 8 | chip->random << 24;
}

static void on_reset(struct avr_io_t *io) {
    chip_t *chip = (chip_t *)((char *)io - offsetof(chip_t, module));
    chip->was_reset = true;
}

static void on_sleep(avr_t *avr, avr_cycle_count_t cycles) {
    (void)avr;
    (void)cycles;
}

/* Registers are cleared and all timers of simavr are gone. */
static void restarted(chip_t *chip, restart_t why) {
    chip->was_reset = false;
    chip->halted = false;
    chip->returning = false;
    chip->returned = false;
    idle_disarm(&chip->idle);
    chip->depth = 0;
    chip->stepping = false;
    chip->step_ended = 0;
    chip->masked = true;
    chip->starting = true;
    chip->sp = chip->avr->ramend;
    chip->armed = 0;
    chip->watchdog_time = 0;
    chip->oc1b = false;
    record_event(chip->record, chip->avr->cycle, "reset", why);
    /* a low INT pin would be polled in every cycle; a level-triggered interrupt fires once, at the edge */
    avr_extint_set_strict_lvl_trig(chip->avr, 0, 0);
    avr_extint_set_strict_lvl_trig(chip->avr, 1, 0);
    watch_ports(chip);
    chip->hooks.restarted(chip->hooks.context, why);
}

/* Address of the step's handler; outside the flash if the image has none. */
static uint32_t step_entry(const elf_firmware_t *firmware) {
    for (uint32_t i = 0; i < firmware->symbolcount; i++) {
        if (strcmp(firmware->symbol[i]->symbol, "__vector_13") == 0) {
            return firmware->symbol[i]->addr;
        }
    }
    return UINT32_MAX;
}

bool chip_init(chip_t *chip, const char *elf, record_t *record, const chip_hooks_t *hooks) {
    elf_firmware_t firmware = {0};
    memset(chip, 0, sizeof *chip);
    chip->record = record;
    chip->hooks = *hooks;
    chip->random = 1;
    chip->leaps = true;
    if (elf_read_firmware(elf, &firmware) != 0) {
        return false;
    }
    chip->avr = avr_make_mcu_by_name("atmega328p");
    if (chip->avr == NULL || firmware.flashbase + firmware.flashsize > FLASH_SIZE) {
        return false;
    }
    avr_t *avr = chip->avr;
    avr_init(avr);
    avr->frequency = CHIP_HZ;
    avr->vcc = avr->avcc = avr->aref = ADC_REFERENCE_MV;
    avr->sleep = on_sleep;
    avr->log = LOG_ERROR;
    chip->step_entry = step_entry(&firmware);
    avr_loadcode(avr, firmware.flash, firmware.flashsize, firmware.flashbase);
    memcpy(chip->image, avr->flash, FLASH_SIZE);
    avr->codeend = firmware.flashbase + firmware.flashsize - firmware.datasize;
    chip->module.kind = "bench";
    chip->module.reset = on_reset;
    avr_register_io(avr, &chip->module);
    chip->timer1 = (avr_timer_t *)chip_module(chip, "timer", '1');
    chip->eeprom = (avr_eeprom_t *)chip_module(chip, "eeprom", 0);
    avr_irq_register_notify(chip->timer1->io.irq + TIMER_IRQ_OUT_COMP + COMPARE_B, on_oc1b, chip);
    avr_irq_register_notify(chip->timer1->overflow.irq + AVR_INT_IRQ_PENDING, on_overflow, chip);
    for (uint8_t vector = 1; vector < VECTORS; vector++) {
        avr_irq_t *irq = avr_get_interrupt_irq(avr, vector);
        if (irq != NULL) {
            avr_irq_register_notify(irq + AVR_INT_IRQ_RUNNING, on_running, chip);
        }
    }
    avr_register_io_write(avr, REG_EECR, on_eecr, chip);
    avr_register_io_write(avr, REG_TCCR1C, on_tccr1c, chip);
    avr_register_io_write(avr, REG_WDTCSR, on_wdtcsr, chip);
    return true;
}

/* avr_run(), without the calls that have nothing to do in most instructions. */
static void run_one(avr_t *avr) {
    if (avr->state != cpu_Running || avr->run != avr_callback_run_raw) {
        (void)avr_run(avr);
        return;
    }
    avr_flashaddr_t next = avr_run_one(avr);
    const avr_cycle_timer_slot_t *timer = avr->cycle_timers.timer;
    if (avr->state != cpu_Running) {
        avr->pc = next;
        return;
    }
    if (timer != NULL && timer->when <= avr->cycle) {
        (void)avr_cycle_timer_process(avr);
    }
    avr->pc = next;
    if (avr->interrupt_state) {
        avr_service_interrupts(avr);
    }
}

static void leap(chip_t *chip) {
    avr_t *avr = chip->avr;
    const avr_cycle_timer_slot_t *timer = avr->cycle_timers.timer;
    if (timer == NULL) {
        return;
    }
    uint64_t until = timer->when;
    if (chip->busy_until != 0 && chip->busy_until < until) {
        until = chip->busy_until;
    }
    uint64_t *instructions = &chip->record->figures->instructions;
    uint64_t passes = idle_passes(&chip->idle, avr, *instructions, until);
    if (passes == 0) {
        return;
    }
    avr->cycle += passes * (avr->cycle - chip->idle.cycle);
    *instructions += passes * (*instructions - chip->idle.instructions);
    idle_leaped(&chip->idle, avr, *instructions);
}

void chip_step(chip_t *chip) {
    avr_t *avr = chip->avr;
    uint16_t opcode = (uint16_t)(avr->flash[avr->pc] | avr->flash[avr->pc + 1] << 8);
    bool awake = avr->state == cpu_Running;
    if (chip->returned) { /* from the outermost interrupt, to here */
        chip->returned = false;
        if (chip->leaps) {
            idle_arm(&chip->idle, avr, chip->record->figures->instructions);
        }
    } else if (chip->idle.armed && avr->pc == chip->idle.pc) {
        leap(chip);
    }
    if (avr->pc == chip->step_entry) {
        step_begins(chip);
    }
    run_one(avr);
    chip->record->figures->instructions += awake;
    if (chip->was_reset) {
        restarted(chip, RESTART_WATCHDOG);
        return;
    }
    isr_ended(chip);
    if (opcode == OP_RETI && awake) {
        step_ends(chip);
    }
    if (awake) {
        watch_stack(chip, opcode);
        if (chip->masked == (bool)avr->sreg[S_I]) {
            mask_changed(chip);
        }
    }
    if (chip->busy_until != 0) {
        eeprom_busy(chip);
    }
    watch_ports(chip);
    chip->halted = avr->state == cpu_Done || avr->state == cpu_Crashed;
}

void chip_power_off(chip_t *chip, torn_t torn) {
    if (chip->avr->cycle < chip->busy_until) {
        uint8_t random = (uint8_t)chip_random(chip);
        uint8_t byte = torn == TORN_ERASED ? 0xFF : torn == TORN_OLD ? chip->busy_old : random;
        chip_eeprom(chip)[chip->busy_address] = byte;
        chip->shadow[chip->busy_address] = byte;
    }
    chip->busy_until = 0;
}

void chip_power_on(chip_t *chip) {
    avr_t *avr = chip->avr;
    for (uint16_t i = REG_RAM; i <= avr->ramend; i++) {
        avr->data[i] = (uint8_t)chip_random(chip);
    }
    memcpy(chip->shadow, chip_eeprom(chip), EEPROM_SIZE);
    avr_reset(avr);
    avr->data[REG_MCUSR] = PORF;
    restarted(chip, RESTART_POWER);
}

void chip_reset_pin(chip_t *chip) {
    avr_reset(chip->avr);
    chip->avr->data[REG_MCUSR] |= EXTRF;
    restarted(chip, RESTART_EXTERNAL);
}
