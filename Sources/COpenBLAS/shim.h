#pragma once
#include <cblas.h>
#include <stddef.h>

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

/* LAPACK, which libopenblas contains. Its C interface (LAPACKE) is not part of every build, so these are the Fortran
   symbols: every argument is a pointer, and matrices are column-major. The lengths of the character arguments, which
   gfortran passes last, are given as hidden arguments. */
#define HPSEARCH_LAPACK(letter, real)                                                                                  \
  void letter##potrf_(const char *uplo, const blasint *n, real *a, const blasint *lda, blasint *info, size_t);         \
  void letter##potri_(const char *uplo, const blasint *n, real *a, const blasint *lda, blasint *info, size_t);         \
  void letter##syevd_(                                                                                                 \
      const char *jobz, const char *uplo, const blasint *n, real *a, const blasint *lda, real *w, real *work,          \
      const blasint *lwork, blasint *iwork, const blasint *liwork, blasint *info, size_t, size_t);                     \
  void letter##gesdd_(                                                                                                 \
      const char *jobz, const blasint *m, const blasint *n, real *a, const blasint *lda, real *s, real *u,             \
      const blasint *ldu, real *vt, const blasint *ldvt, real *work, const blasint *lwork, blasint *iwork,             \
      blasint *info, size_t);

HPSEARCH_LAPACK(s, float)
HPSEARCH_LAPACK(d, double)
#undef HPSEARCH_LAPACK
