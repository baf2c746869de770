#pragma once
#include <cblas.h>

/* The width in bits of the widest vectors that the importing target is compiled for. */
static inline int hpsearch_vector_bits(void) {
#if defined(__AVX512F__)
  return 512;
#elif defined(__AVX__)
  return 256;
#else
  return 128;
#endif
}

/* The processor's square root. The standard library's sets errno on Linux, and the branch for that keeps loops from
   vectorising. */
static inline __attribute__((always_inline)) float hpsearch_sqrtf(float x) { return __builtin_elementwise_sqrt(x); }
static inline __attribute__((always_inline)) double hpsearch_sqrt(double x) { return __builtin_elementwise_sqrt(x); }
