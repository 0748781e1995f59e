#include "answers.h"

#include "pins.h"

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
    fprintf(out, "},\"step_worst\":%llu,\"step_worst_nested\":%llu,\"step_worst_cycle\":%llu",
            (unsigned long long)f->step_worst, (unsigned long long)f->step_worst_nested,
            (unsigned long long)f->step_worst_cycle);
    fprintf(out, ",\"step_gap\":%llu,\"step_median\":%u,\"steps\":%llu", (unsigned long long)f->step_gap,
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
    fprintf(out, ",\"high_sample\":[%lld,%lld],\"low_sample\":[%lld,%lld]", (long long)p->high_sample.earliest,
            (long long)p->high_sample.latest, (long long)p->low_sample.earliest, (long long)p->low_sample.latest);
    fprintf(out, ",\"samples\":[%llu,%llu,%llu],\"sp\":%u,\"pc\":%u",
            (unsigned long long)bench->converter.samples[PIN_TEMPERATURE],
            (unsigned long long)bench->converter.samples[PIN_CP_SENSE],
            (unsigned long long)bench->converter.samples[PIN_PP],
            (unsigned)(bench->chip.avr->data[R_SPL] | bench->chip.avr->data[R_SPH] << 8),
            (unsigned)bench->chip.avr->pc);
    fprintf(out, ",\"stepping\":%d,\"interrupts\":%d", bench->chip.stepping, !bench->chip.masked);
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

void answer(bench_t *bench, answer_t more) {
    fprintf(bench->out, "{\"cycle\":%llu", (unsigned long long)bench->chip.avr->cycle);
    if (more != NULL) {
        more(bench);
    }
    fprintf(bench->out, "}\n");
    fflush(bench->out);
}

void answer_refusal(bench_t *bench, const char *why) {
    fprintf(bench->out, "{\"cycle\":%llu,\"error\":\"%s\"}\n", (unsigned long long)bench->chip.avr->cycle, why);
    fflush(bench->out);
}

void answer_run(bench_t *bench) {
    fprintf(bench->out, ",\"met\":%s", bench->met ? "true" : "false");
    say_state(bench);
    say_news(bench);
}

void answer_read(bench_t *bench) {
    say_state(bench);
    say_figures(bench);
    say_news(bench);
}

void answer_peek(bench_t *bench) { fprintf(bench->out, ",\"value\":%u", bench->peeked); }

void answer_eeprom(bench_t *bench) {
    fprintf(bench->out, ",\"hex\":\"");
    for (int i = 0; i < EEPROM_SIZE; i++) {
        fprintf(bench->out, "%02x", chip_eeprom(&bench->chip)[i]);
    }
    fprintf(bench->out, "\"");
}
