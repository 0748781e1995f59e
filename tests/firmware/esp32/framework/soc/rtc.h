#ifndef FRAMEWORK_SOC_RTC_H
#define FRAMEWORK_SOC_RTC_H

#include <stdint.h>

uint64_t rtc_time_us_to_slowclk(uint64_t time_in_us, uint32_t period);

#endif
