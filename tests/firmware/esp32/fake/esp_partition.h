/* The part of ESP-IDF's interface that flash.c uses, around a flash that the tests own: for them only. */
#ifndef FAKE_ESP_PARTITION_H
#define FAKE_ESP_PARTITION_H

#include "idf.h"

typedef int esp_partition_type_t;
enum { ESP_PARTITION_SUBTYPE_ANY = 0xff };
typedef struct {
    uint32_t size;
} esp_partition_t;

const esp_partition_t *esp_partition_find_first(esp_partition_type_t type, int subtype, const char *label);
esp_err_t esp_partition_read(const esp_partition_t *partition, size_t offset, void *out, size_t size);
esp_err_t esp_partition_write(const esp_partition_t *partition, size_t offset, const void *bytes, size_t size);
esp_err_t esp_partition_erase_range(const esp_partition_t *partition, size_t offset, size_t size);

#endif
