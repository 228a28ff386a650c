/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Life of a container, seen from its monitor:
 *
 *   STARTING  run the plan forward          fails: ABORTING, undone, STOPPED, error upward
 *   RUNNING   wait for init to end, serving
 *   STOPPING  hooks of the end, run the plan backward
 *   STOPPED   a reboot: again from the top, with the command socket open all the time
 *             otherwise: close the socket, which wakes everybody who waits for the end
 */
#include "core/monitor.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "cgroup/dir.h"
#include "core/hook.h"
#include "util/log.h"
#include "util/syscall.h"

#define SUFFIX_MAX 999

static void enter_state(struct monitor *m, enum container_state state)
{
	m->state = state;
	log_info("state %s", state_names[state]);
	serve_state(m, state);
}

void monitor_set_state(struct monitor *m, enum container_state state)
{
	announce(m, &(struct announcement){ EVENT_STATE, state }, 1);
	enter_state(m, state);
}

/*
 * Between two lives, or while init is already ending, there is nobody to signal: that a stop
 * is wanted then keeps the next life from beginning.
 */
int monitor_stop(struct monitor *m)
{
	int sig = m->plan.header->signal_stop;

	m->stop_wanted = true;
	/* while starting no signal but this one is sure to arrive */
	if (m->state == STATE_STARTING || !sig)
		sig = SIGKILL;
	m->run.stopping = m->state == STATE_STARTING;
	hook_kill(&m->run);
	int r = m->run.pidfd < 0 ? 0 : sys_pidfd_send_signal(m->run.pidfd, sig);
	freezer_release(m);
	return r == -ESRCH ? 0 : r;
}

static void take_fd(struct run *run, enum fd_role role, int fd)
{
	struct monitor *m = (struct monitor *)run;
	struct tty *grown;

	switch (role) {
	case ROLE_CONSOLE_PTX:
		m->relay.ptx = fd;
		return;
	case ROLE_CONSOLE_PTS:
		m->relay.pts = fd;
		return;
	case ROLE_DEVPTS:
		m->devpts = fd;
		return;
	case ROLE_TTY_PTX:
		grown = realloc(m->ttys, (m->n_ttys + 1) * sizeof(*grown));
		if (!grown)
			break;
		m->ttys = grown;
		m->ttys[m->n_ttys++] = (struct tty){ .ptx = fd, .pts = NO_FD };
		return;
	case ROLE_TTY_PTS:
		if (!m->n_ttys)
			break;
		m->ttys[m->n_ttys - 1].pts = fd;
		return;
	case ROLE_LISTENER:
		notify_take(m, fd);
		return;
	}
	(void)close(fd);
}

static void close_terminals(struct monitor *m)
{
	serve_close_terminals(m);
	relay_close(&m->relay);
	for (size_t i = 0; i < m->n_ttys; i++) {
		close_p(&m->ttys[i].ptx);
		close_p(&m->ttys[i].pts);
	}
	m->n_ttys = 0;
	free(m->ttys);
	m->ttys = NULL;
	close_p(&m->devpts);
	m->devpts = NO_FD;
	notify_close(m);
}

/* --- the library --- */

static void tell(struct monitor *m, enum sync_type type, int value, int pid)
{
	struct sync_message message = { .type = type, .value = value, .pid = pid };

	if (m->library >= 0)
		(void)sync_send(m->library, &message, NULL);
}

static void tell_error(struct monitor *m, struct lxc_error **err)
{
	if (m->run.status)
		tell(m, SYNC_NOT_EXECUTED, m->run.status, 0);
	if (m->library >= 0 && *err)
		sync_send_error(m->library, *err);
	error_clear(err);
}

/* --- one life --- */

/* Start; while another container has the name of the cgroup, with the next suffix. */
static int start(struct monitor *m, struct lxc_error **err)
{
	struct run *run = &m->run;
	int r;

	run->init_pid = 0;
	run->retry = run->reboot = false;
	if (!run->again && relay_prepare(m, err) < 0)
		return -ENOMEM;
	for (;;) {
		if (m->stop_wanted)
			return error_set(err, -ECANCELED, "start", "stopped on request");
		monitor_set_state(m, STATE_STARTING);
		r = run_forward(run, err);
		if (r != -EEXIST || !run->cgroup_taken || run->suffix == SUFFIX_MAX)
			return r;
		run_backward(run);
		run->retry = true;
		run->suffix++;
		run->cgroup_taken = false;
		error_clear(err);
		close_terminals(m);
	}
}

/* As the historical interface has it: code << 8, or signal << 8 | 0x7f. */
static int exit_status(int status)
{
	return WIFSIGNALED(status) ? WTERMSIG(status) << 8 | 0x7f : status;
}

enum ending { ENDED, REBOOT };

static enum ending live(struct monitor *m, int *ret_status)
{
	struct run *run = &m->run;
	int status = 0;

	relay_open(m);
	monitor_set_state(m, STATE_RUNNING);
	tell(m, SYNC_STATE, STATE_RUNNING, run->pid);
	if (!m->foreground) {
		close_p(&m->library);
		m->library = NO_FD;
	}
	if (events_wait(run, run->pidfd) == 0)
		status = wait_child(run->pid, NO_FD, NULL);
	run->pid = 0;
	freezer_end(m);
	m->devices_known = false;
	*ret_status = exit_status(status);
	announce(m,
		 (struct announcement[]){ { EVENT_EXIT, status },
					  { EVENT_STATE, STATE_STOPPING } },
		 2);
	enter_state(m, STATE_STOPPING);
	/* reboot(2) in a pid namespace: its init is killed by SIGHUP, at a halt by SIGINT */
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP ? REBOOT : ENDED;
}

/*
 * The monitor cannot remove the cgroups it is in: a last process, born outside of them, waits
 * for its end.
 */
static void leave_reaper(struct monitor *m)
{
	const struct plan_header *h = m->plan.header;
	const char *v2 = plan_text(&m->plan, h->monitor_v2);
	const char *v1 = plan_text(&m->plan, h->monitor_v1);
	struct clone_args args = {};
	_cleanup_close_ int base = NO_FD;
	int self = v2 || v1 ? sys_pidfd_open(getpid(), 0) : NO_FD;

	if (self < 0)
		return;
	if (v2) {
		base = open(plan_text(&m->plan, h->monitor_v2_base),
			    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		args.flags = base < 0 ? 0 : CLONE_INTO_CGROUP;
		args.cgroup = base < 0 ? 0 : base;
	}
	if (sys_clone3(&args) != 0)
		return;
	if (v1) {
		_cleanup_close_ int tasks = open(plan_text(&m->plan, h->monitor_v1_base),
						 O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		(void)cgroup_write(tasks, "tasks", "0");
	}
	(void)wait_fd(self, POLLIN, NULL);
	if (v2)
		(void)rmdir(v2);
	if (v1)
		(void)rmdir(v1);
	_exit(0);
}

/* What the plan did is undone; hooks of the end still see the cgroups, and no init. */
static void take_down(struct monitor *m)
{
	(void)hook_run_at(&m->run, HOOK_AT_DOWN);
	(void)hook_run_at(&m->run, HOOK_AT_STOP);
	run_backward(&m->run);
	close_terminals(m);
}

static void abort_start(struct monitor *m)
{
	monitor_set_state(m, STATE_ABORTING);
	m->run.stopping = false;
	if (m->run.pidfd >= 0)
		(void)sys_pidfd_send_signal(m->run.pidfd, SIGKILL);
	monitor_set_state(m, STATE_STOPPING);
	take_down(m);
}

/* A hook that fails when everything is gone is the end of a reboot. */
static bool reboots(struct monitor *m)
{
	if (!m->run.reboot)
		return false;
	monitor_set_state(m, STATE_STOPPED);
	bool goes_on = hook_run_at(&m->run, HOOK_AT_END) == 0;
	hook_close_namespaces(&m->run);
	m->run.again = true;
	return goes_on && !m->quit && !m->stop_wanted;
}

/* Nobody can ask us any more: this wakes those who wait for the end. */
static void close_socket(struct monitor *m)
{
	monitor_set_state(m, STATE_STOPPED);
	close_p(&m->listen);
	m->listen = NO_FD;
	serve_close_all(m);
}

static int container_main(struct monitor *m)
{
	struct lxc_error *err = NULL;
	int status = 0, r;

	do {
		r = start(m, &err);
		if (r < 0) {
			abort_start(m);
			break;
		}
		m->run.reboot = live(m, &status) == REBOOT && !m->quit && !m->stop_wanted;
		take_down(m);
	} while (reboots(m));
	close_socket(m);
	if (!m->run.reboot)
		(void)hook_run_at(&m->run, HOOK_AT_END);
	hook_close_namespaces(&m->run);
	(void)hook_run_at(&m->run, HOOK_AT_DESTROY);
	if (r < 0)
		tell_error(m, &err);
	tell(m, SYNC_EXIT, status, 0);
	leave_reaper(m);
	return r < 0 ? 1 : 0;
}

/* --- the program --- */

/*
 * No exit handler runs: there is nothing to do for one, and that of a leak checker, which would
 * make a thread in the container's pid namespace and wait for its number in ours, never ends.
 */
static __attribute__((noreturn)) void attach_main(struct monitor *m)
{
	struct lxc_error *err = NULL;

	/* it is mapped; what is not open cannot be taken from the attached process */
	(void)close(MONITOR_PLAN);
	m->run.sync = MONITOR_LIBRARY;
	m->run.pidfd = MONITOR_LISTEN;
	if (run_forward(&m->run, &err) == 0)
		_exit(0);
	run_backward(&m->run);
	tell_error(m, &err);
	_exit(1);
}

static void *map_plan(int fd, size_t *ret_size)
{
	struct stat st;
	void *record = MAP_FAILED;

	/* private, so that messages may be completed where they lie */
	if (fstat(fd, &st) == 0 && st.st_size > 0 && st.st_size <= PLAN_SIZE_MAX)
		record = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd,
			      0);
	*ret_size = record == MAP_FAILED ? 0 : st.st_size;
	return record == MAP_FAILED ? NULL : record;
}

/* A plan of another version: all that can be done is to leave nothing behind. */
static int refuse(struct monitor *m, const void *record, size_t size,
		  struct lxc_error **err)
{
	if (!record)
		error_set(err, -EPROTO, "plan", "cannot be read");
	tell_error(m, err);
	if (record && plan_open_any(record, size, &m->plan) == 0)
		leave_reaper(m);
	return 1;
}

static void set_close_on_exec(void)
{
	/* before Linux 5.11 one by one */
	if (sys_close_range(MONITOR_PLAN, ~0u, CLOSE_RANGE_CLOEXEC) == 0)
		return;
	for (int fd = MONITOR_PLAN; fd < MONITOR_FD_COUNT; fd++)
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

int monitor_main(void)
{
	static struct monitor
		m; /* zero: half a megabyte that is neither stored nor touched */
	static struct log_sink sink;
	struct lxc_error *err = NULL;
	size_t size;

	/* executed by descriptor, we would be called by its number */
	(void)prctl(PR_SET_NAME, "lxc-monitor", 0, 0, 0);
	set_close_on_exec();
	m.library = MONITOR_LIBRARY;
	m.listen = m.signals = m.devpts = m.spare = NO_FD;
	m.plan_fd = MONITOR_PLAN;
	relay_init(&m.relay);
	void *record = map_plan(MONITOR_PLAN, &size);
	if (!record || plan_open(record, size, &m.plan, &err) < 0)
		return refuse(&m, record, size, &err);
	sink = (struct log_sink){
		.fd = fcntl(MONITOR_LOG, F_GETFD) < 0 ? NO_FD : MONITOR_LOG,
		.level = m.plan.header->log_level,
		.name = plan_text(&m.plan, m.plan.header->name),
	};
	log_set_process_sink(&sink);
	run_init(&m.run, &m.plan);
	m.run.wait = events_wait;
	m.run.take_fd = take_fd;
	if (m.plan.header->role == PLAN_ATTACH)
		attach_main(&m);
	m.spare = sys_open("/dev/null", O_RDONLY | O_CLOEXEC);
	m.listen = MONITOR_LISTEN;
	m.foreground = m.plan.header->foreground;
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	int r = events_open(&m);
	if (r < 0) {
		error_set(&err, r, "signals", "cannot be received");
		tell_error(&m, &err);
		return 1;
	}
	return container_main(&m);
}
