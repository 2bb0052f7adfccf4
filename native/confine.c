// Shuts a process in, for the rest of its life and with all of its threads: no network, no other programs, no look into other
// processes, no core dump, and if wanted no change to any file. A seccomp filter, so Linux only. `confine.mjs` makes two things of it: a
// program that shuts itself in and then becomes another one (`confine PROGRAM ARGUMENT...`), and an addon that finishes the job from
// within, where `main/system/confine.ts` calls it. Decision 0070 says why there are two.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define FOLIO_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define FOLIO_ARCH AUDIT_ARCH_AARCH64
#else
#error "confine.c knows x86-64 and ARM64"
#endif

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

// ways to other computers, processes and rights
static const unsigned ways_out[] = {
    __NR_socket, __NR_io_uring_register, __NR_ptrace, __NR_process_vm_readv, __NR_process_vm_writev, __NR_pidfd_getfd, __NR_bpf,
    __NR_perf_event_open, __NR_userfaultfd, __NR_open_by_handle_at, __NR_add_key, __NR_keyctl, __NR_request_key, __NR_mount, __NR_umount2,
    __NR_pivot_root, __NR_chroot, __NR_setns, __NR_unshare,
};

static const unsigned changes[] = {
    __NR_unlinkat, __NR_renameat, __NR_renameat2, __NR_mkdirat, __NR_linkat, __NR_symlinkat, __NR_mknodat, __NR_truncate, __NR_fchmod,
    __NR_fchmodat, __NR_fchown, __NR_fchownat, __NR_utimensat, __NR_setxattr, __NR_lsetxattr, __NR_fsetxattr, __NR_removexattr,
    __NR_lremovexattr, __NR_fremovexattr,
#if defined(__x86_64__)
    __NR_creat, __NR_unlink, __NR_rmdir, __NR_rename, __NR_mkdir, __NR_link, __NR_symlink, __NR_mknod, __NR_chmod, __NR_chown, __NR_lchown,
    __NR_utime, __NR_utimes, __NR_futimesat,
#endif
};

// later ones, which older headers have no names for: fchmodat2, setxattrat, removexattrat, file_setattr
static const unsigned later_changes[] = { 452, 463, 466, 469 };

static struct sock_filter code[256];
static unsigned short length;

static void add(const struct sock_filter instruction) {
    code[length++] = instruction;
}

static void load(unsigned offset) {
    add((struct sock_filter) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}

static void answer(unsigned what) {
    add((struct sock_filter) BPF_STMT(BPF_RET | BPF_K, what));
}

static void unless(unsigned short test, unsigned value, unsigned char skip) {
    add((struct sock_filter) BPF_JUMP(BPF_JMP | test | BPF_K, value, 0, skip));
}

static void refuse(unsigned call, unsigned error) {
    unless(BPF_JEQ, call, 1);
    answer(SECCOMP_RET_ERRNO | error);
}

// an open call whose flags, argument `n`, would let something change; their low half comes first on both architectures
static void refuse_writing(unsigned call, unsigned n) {
    unless(BPF_JEQ, call, 4);
    load(offsetof(struct seccomp_data, args) + 8 * n);
    unless(BPF_JSET, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 1);
    answer(SECCOMP_RET_ERRNO | EACCES);
    answer(SECCOMP_RET_ALLOW);
}

// 0, or an error
static int confine(bool may_start, bool may_write, bool may_use_rings) {
    length = 0;
    // a foreign calling convention would give the calls other numbers
    load(offsetof(struct seccomp_data, arch));
    add((struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, FOLIO_ARCH, 1, 0));
    answer(SECCOMP_RET_KILL_PROCESS);
    load(offsetof(struct seccomp_data, nr));
    unless(BPF_JGE, 0x40000000, 1);
    answer(SECCOMP_RET_KILL_PROCESS);

    for (size_t i = 0; i < COUNT(ways_out); i++) refuse(ways_out[i], EACCES);
    // what is asked for through a ring passes no filter; programs do without when there is none to be had
    refuse(__NR_io_uring_setup, ENOSYS);
    if (!may_use_rings) refuse(__NR_io_uring_enter, EACCES);
    if (!may_start) {
        refuse(__NR_execve, EACCES);
        refuse(__NR_execveat, EACCES);
    }
    if (!may_write) {
        for (size_t i = 0; i < COUNT(changes); i++) refuse(changes[i], EACCES);
        for (size_t i = 0; i < COUNT(later_changes); i++) refuse(later_changes[i], EACCES);
        // this one hides its flags behind a pointer
        refuse(__NR_openat2, ENOSYS);
        refuse_writing(__NR_openat, 2);
#if defined(__x86_64__)
        refuse_writing(__NR_open, 1);
#endif
    }
    answer(SECCOMP_RET_ALLOW);

    const struct sock_fprog program = { .len = length, .filter = code };
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    // all threads at once, or none: then the result is the one that could not have it. Older kernels would slow down everything
    // that such a process computes, against reading its own memory by speculation: it may read that anyway.
    const unsigned flags  = SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
    const long     result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    return result == 0 ? 0 : result > 0 ? EBUSY : errno;
}

#ifdef FOLIO_PROGRAM

int main(int count, char ** arguments) {
    if (count < 2) return 2;
    const int failed = confine(true, true, false);
    if (failed != 0) fprintf(stderr, "folio: a process could not be confined (%s).\n", strerror(failed));
    execv(arguments[1], arguments + 1);
    perror(arguments[1]);
    return 127;
}

#else

#include <node_api.h>

// libuv makes a ring for each of its loops at start, and would end the process if that were refused later
static bool has_ring(void) {
    DIR * files = opendir("/proc/self/fd");
    if (files == NULL) return true;
    bool found = false;
    for (struct dirent * file = readdir(files); file != NULL && !found; file = readdir(files)) {
        char          target[64];
        const ssize_t size = readlinkat(dirfd(files), file->d_name, target, sizeof(target) - 1);
        target[size > 0 ? size : 0] = '\0';
        found = strcmp(target, "anon_inode:[io_uring]") == 0;
    }
    closedir(files);
    return found;
}

// confine(mayWrite: boolean): number, 0 when it is done, else the reason as errno
static napi_value confine_from_js(napi_env env, napi_callback_info info) {
    napi_value argument;
    size_t     count     = 1;
    bool       may_write = false;
    if (napi_get_cb_info(env, info, &count, &argument, NULL, NULL) != napi_ok || count != 1 ||
        napi_get_value_bool(env, argument, &may_write) != napi_ok) {
        napi_throw_type_error(env, NULL, "confine takes one boolean");
        return NULL;
    }
    napi_value result = NULL;
    napi_create_int32(env, confine(false, may_write, has_ring()), &result);
    return result;
}

NAPI_MODULE_INIT() {
    napi_value function;
    if (napi_create_function(env, "confine", NAPI_AUTO_LENGTH, confine_from_js, NULL, &function) != napi_ok ||
        napi_set_named_property(env, exports, "confine", function) != napi_ok) {
        return NULL;
    }
    return exports;
}

#endif
