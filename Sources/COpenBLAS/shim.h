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
