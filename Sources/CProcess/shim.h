#pragma once
#include <signal.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

// prctl(2) is variadic, which Swift cannot call.
// From now on the system kills this process when the thread that started it ends. Returns 0, or -1 where the system
// cannot do that.
static inline int hpsearch_end_with_parent(void) {
#ifdef __linux__
  return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
#else
  return -1;
#endif
}
