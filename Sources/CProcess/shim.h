#pragma once
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

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

// glibc's header shows these two with _GNU_SOURCE alone. Defined here, it would give this module other forms of system
// types than Swift's modules have; so they are declared again. Non-Linux systems show the first one.
#ifdef __linux__
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *directory);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);
#endif

// The child's working directory. Returns 0 or an errno.
static inline int hpsearch_spawn_in_directory(posix_spawn_file_actions_t *actions, const char *directory) {
  return posix_spawn_file_actions_addchdir_np(actions, directory);
}

// The child has no descriptors from this number on. Returns 0 or an errno.
static inline int hpsearch_spawn_closing_from(posix_spawn_file_actions_t *actions, int first) {
#if defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 34)
#define HPSEARCH_HAS_CLOSEFROM 1
#endif
#endif
#ifdef HPSEARCH_HAS_CLOSEFROM
  return posix_spawn_file_actions_addclosefrom_np(actions, first);
#else
  // What this process has open now is closed at exec.
  (void)actions;
  long limit = sysconf(_SC_OPEN_MAX);
  for (int descriptor = first; descriptor < limit && descriptor < 65536; descriptor++) {
    int flags = fcntl(descriptor, F_GETFD);
    if (flags >= 0 && !(flags & FD_CLOEXEC)) fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC);
  }
  return 0;
#endif
}
