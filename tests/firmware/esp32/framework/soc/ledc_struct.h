#ifndef FRAMEWORK_SOC_LEDC_STRUCT_H
#define FRAMEWORK_SOC_LEDC_STRUCT_H

#include <stdint.h>

typedef struct {
    struct {
        struct {
            struct {
                uint32_t sig_out_en;
            } conf0;
            struct {
                uint32_t duty;
            } duty;
            struct {
                uint32_t duty_start;
            } conf1;
            struct {
                uint32_t duty_read;
            } duty_rd;
        } channel[8];
    } channel_group[2];
    struct {
        struct {
            struct {
                uint32_t timer_cnt;
            } value;
        } timer[4];
    } timer_group[2];
} ledc_dev_t;
ledc_dev_t *fake_ledc(void);
#define LEDC (*fake_ledc())

#endif
