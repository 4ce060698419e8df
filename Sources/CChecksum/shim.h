#pragma once
/* CRC-32C by the processor's own instruction, which Swift has no name for. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#define CRC32C_TARGET __attribute__((target("sse4.2")))
#define CRC32C_WORD(crc, word) ((uint32_t)__builtin_ia32_crc32di(crc, word))
#define CRC32C_BYTE(crc, byte) __builtin_ia32_crc32qi(crc, byte)

static inline bool crc32c_is_built_in(void) {
    unsigned int a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_2) != 0;
}
#elif defined(__aarch64__)
#include <sys/auxv.h>
#define CRC32C_TARGET __attribute__((target("crc")))
#define CRC32C_WORD(crc, word) __builtin_arm_crc32cd(crc, word)
#define CRC32C_BYTE(crc, byte) __builtin_arm_crc32cb(crc, byte)

static inline bool crc32c_is_built_in(void) {
    return (getauxval(AT_HWCAP) & (1 << 7)) != 0; /* HWCAP_CRC32 */
}
#else
#define CRC32C_TARGET
#define CRC32C_WORD(crc, word) (crc)
#define CRC32C_BYTE(crc, byte) (crc)

static inline bool crc32c_is_built_in(void) { return false; }
#endif

/* The register after `count` bytes. Only where `crc32c_is_built_in`. */
CRC32C_TARGET static inline uint32_t crc32c_update(uint32_t crc, const void *bytes, size_t count) {
    const unsigned char *next = (const unsigned char *)bytes;
    for (; count >= 8; next += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        crc = CRC32C_WORD(crc, word);
    }
    for (; count > 0; next++, count--) crc = CRC32C_BYTE(crc, *next);
    return crc;
}
