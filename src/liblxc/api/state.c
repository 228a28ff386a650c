/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <lxc/container.h>: asking for states, waiting for them, ending a container. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "api/handle.h"
#include "core/command.h"
#include "core/control.h"
#include "util/file.h"
#include "util/parse.h"
#include "util/syscall.h"

#define THAW_TIMEOUT_S 10

/* Where a handle's container is, copied so that the handle need not stay locked. */
struct place {
	char *path, *name;
	struct deadline query;
};

static void place_done(struct place *p)
{
	free(p->path);
	free(p->name);
}
#define _cleanup_place_ _cleanup_(place_done)

static int place_of(const struct lxc_container *c, struct place *ret,
		    struct lxc_error **err)
{
	*ret = (struct place){ strdup(c->config_path), strdup(c->name),
			       handle_deadline(c) };
	return ret->path && ret->name
		       ? 0
		       : error_set(err, -ENOMEM, "container", "%s", c->name);
}

static int state_of(struct lxc_container *c)
{
	struct deadline d = handle_deadline(c);

	return command_state(c->config_path, c->name, &d);
}

LXC_API const char *lxc_container_state(struct lxc_container *c)
{
	struct call call;

	if (!call_begin(&call, c))
		return NULL;
	int state = state_of(c);
	call_unlock(&call);
	return state < 0 ? "INVALID STATE" : state_names[state];
}

LXC_API bool lxc_container_is_running(struct lxc_container *c)
{
	struct call call;

	if (!call_begin(&call, c))
		return false;
	int state = state_of(c);
	call_unlock(&call);
	return state != STATE_STOPPED;
}

LXC_API int lxc_get_wait_states(const char **states)
{
	if (states)
		memcpy(states, state_names, sizeof(state_names));
	return STATE_COUNT;
}

LXC_API pid_t lxc_container_init_pid(struct lxc_container *c)
{
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };
	struct call call;

	if (!call_begin(&call, c))
		return -1;
	struct deadline d = handle_deadline(c);
	int r = command_ask(&(struct command_question){ .lxcpath = c->config_path,
							.name = c->name,
							.command = COMMAND_GET_INIT_PID,
							.deadline = &d },
			    &answer);
	if (r < 0)
		(void)handle_not_running(c, r, &call.err);
	(void)call_end(&call, r);
	return r < 0 ? -1 : (pid_t)answer.value;
}

static int ask_for_fd(struct lxc_container *c, int command)
{
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };
	struct call call;

	if (!call_begin(&call, c))
		return -EINVAL;
	struct deadline d = handle_deadline(c);
	int r = command_ask(&(struct command_question){ .lxcpath = c->config_path,
							.name = c->name,
							.command = command,
							.deadline = &d },
			    &answer);
	if (r == 0 && !answer.n_fds)
		r = -EBADF;
	if (r < 0)
		(void)handle_not_running(c, r, &call.err);
	(void)call_end(&call, r);
	return r < 0 ? r : steal_fd(answer.fds[0]);
}

LXC_API int lxc_container_init_pidfd(struct lxc_container *c)
{
	return ask_for_fd(c, COMMAND_GET_INIT_PIDFD);
}

LXC_API int lxc_container_devpts_fd(struct lxc_container *c)
{
	return ask_for_fd(c, COMMAND_GET_DEVPTS_FD);
}

LXC_API bool lxc_container_may_control(struct lxc_container *c)
{
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };
	struct call call;

	if (!call_begin(&call, c))
		return false;
	struct deadline d = handle_deadline(c);
	int r = command_ask(&(struct command_question){ .lxcpath = c->config_path,
							.name = c->name,
							.command = COMMAND_GET_INIT_PID,
							.deadline = &d },
			    &answer);
	if (r == -ECONNREFUSED)
		r = 0;
	if (r < 0)
		(void)handle_not_running(c, r, &call.err);
	return call_end(&call, r);
}

/* --- waiting --- */

/* "STOPPED|FROZEN" as a mask, or -EINVAL. */
static int parse_states(const char *text, struct lxc_error **err)
{
	_cleanup_strv_ char **words = strv_split(text, "|");
	int mask = 0;

	for (char **w = words; w && *w; w++) {
		int i = 0;

		while (i < STATE_COUNT && strcmp(*w, state_names[i]))
			i++;
		if (i == STATE_COUNT) {
			error_set(err, -EINVAL, "state", "%s", *w);
			error_detail(err, "there is no such state");
			error_hint(
				err,
				"states are STOPPED STARTING RUNNING STOPPING ABORTING "
				"FREEZING FROZEN THAWED, joined by |");
			return -EINVAL;
		}
		mask |= 1 << i;
	}
	return mask ? mask : error_set(err, -EINVAL, "state", "none given");
}

/*
 * Register for the states; next: not the present one but the next time.  The state that is
 * there already, or STATE_COUNT and the connection to read from.
 */
static int register_client(const struct place *p, int mask, bool next,
			   struct command_result *answer)
{
	int wanted[STATE_COUNT];

	for (int i = 0; i < STATE_COUNT; i++)
		wanted[i] = mask >> i & 1 ? (next ? 2 : 1) : 0;
	int r = command_ask(
		&(struct command_question){ .lxcpath = p->path,
					    .name = p->name,
					    .command = COMMAND_ADD_STATE_CLIENT,
					    .data = wanted,
					    .size = sizeof(wanted),
					    .keep = true,
					    .deadline = &p->query },
		answer);
	return r < 0 ? r : (int)answer->value;
}

/* One message, or the end of the monitor, which is the state STOPPED. */
static int read_state(int fd, const struct deadline *d)
{
	struct state_message m;
	int r = wait_fd(fd, POLLIN, d);

	if (r < 0)
		return r;
	ssize_t n = recv(fd, &m, sizeof(m), 0);
	if (n < 0)
		return -errno;
	return n == sizeof(m) ? m.value : STATE_STOPPED;
}

#define NOT_THERE_STEP_MS \
	100 /* a container that does not run says nothing when it starts */

static int wait_once(const struct place *p, int mask, const struct deadline *d)
{
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };
	int state = register_client(p, mask, false, &answer);

	if (state == -ECONNREFUSED)
		return mask & 1 << STATE_STOPPED ? STATE_STOPPED : -EAGAIN;
	if (state == STATE_COUNT)
		state = read_state(answer.connection, d);
	return state < 0 || mask & 1 << state ? state : -ECHILD;
}

static int wait_for(const struct place *p, int mask, const struct deadline *d,
		    struct lxc_error **err)
{
	int r;

	while ((r = wait_once(p, mask, d)) == -EAGAIN) {
		struct deadline step = deadline_in(NOT_THERE_STEP_MS);

		if (deadline_left(d) == 0)
			r = -ETIMEDOUT;
		if (r == -ETIMEDOUT)
			break;
		step.at = MIN(step.at, d->at);
		(void)wait_fds(NULL, 0, &step);
	}
	if (r >= 0)
		return r;
	error_set(err, r, "wait", "%s", p->name);
	if (r == -ECHILD)
		error_detail(err, "the container stopped instead");
	else if (r == -ETIMEDOUT)
		error_detail(err, "it did not get there in time");
	error_hint(err, "lxc-info -P %s -n %s shows where it stands", p->path, p->name);
	return r;
}

LXC_API bool lxc_container_wait(struct lxc_container *c, const char *state, int timeout)
{
	_cleanup_place_ struct place place = {};
	struct call call;

	if (!call_begin(&call, c))
		return false;
	int mask = state ? parse_states(state, &call.err)
			 : error_set(&call.err, -EINVAL, "state", "none given");
	int r = mask < 0 ? mask : place_of(c, &place, &call.err);
	if (r == 0) {
		struct deadline d =
			deadline_in(timeout < 0 ? -1 : (int64_t)timeout * 1000);

		call_unlock(&call);
		r = wait_for(&place, mask, &d, &call.err);
		call_lock(&call);
	}
	return call_end(&call, r);
}

/* --- ending --- */

/* The answer to a stop is the end of the connection, with the monitor. */
LXC_API bool lxc_container_stop(struct lxc_container *c)
{
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };
	_cleanup_place_ struct place place = {};
	struct call call;

	if (!call_begin(&call, c))
		return false;
	int r = place_of(c, &place, &call.err);
	if (r == 0) {
		call_unlock(&call);
		r = command_ask(&(struct command_question){ .lxcpath = place.path,
							    .name = place.name,
							    .command = COMMAND_STOP },
				&answer);
		call_lock(&call);
		if (r == -ECONNREFUSED)
			r = 0;
		else if (r < 0)
			(void)handle_not_running(c, r, &call.err);
	}
	return call_end(&call, r);
}

/* Whether init blocks a signal: systemd does so with those that it reads by signalfd. */
static bool blocks_signal(pid_t pid, int sig)
{
	_cleanup_free_ char *text = NULL;
	uint64_t mask = 0;
	char path[32], number[20] = "0x";

	(void)snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if (file_read(AT_FDCWD, path, &text, NULL) < 0)
		return false;
	const char *line = strstr(text, "\nSigBlk:\t");
	if (!line)
		return false;
	(void)snprintf(number, sizeof(number), "0x%.16s", line + 9);
	return parse_uint64(number, UINT64_MAX, &mask) == 0 && mask >> (sig - 1) & 1;
}

enum ending { HALT, REBOOT };

static int signal_for(const struct lxc_container *c, enum ending ending, pid_t pid)
{
	const struct conf *conf = handle_conf(c);
	int configured = !conf		  ? 0
			 : ending == HALT ? conf->signal_halt
					  : conf->signal_reboot;

	if (configured)
		return configured;
	if (ending == REBOOT)
		return SIGINT;
	return blocks_signal(pid, SIGRTMIN + 3) ? SIGRTMIN + 3 : SIGPWR;
}

/*
 * Ask init to end.  Who wants to wait registers first, so that no state is missed; the
 * connection then stands in registration.
 */
static int ask_to_end(struct lxc_container *c, const struct place *p, enum ending ending,
		      bool wait, struct command_result *registration,
		      struct lxc_error **err)
{
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };
	_cleanup_command_ struct command_result number = { .connection = NO_FD };
	int r = command_ask(&(struct command_question){ .lxcpath = p->path,
							.name = p->name,
							.command = COMMAND_GET_INIT_PIDFD,
							.deadline = &p->query },
			    &answer);

	if (r == 0)
		r = command_ask(
			&(struct command_question){ .lxcpath = p->path,
						    .name = p->name,
						    .command = COMMAND_GET_INIT_PID,
						    .deadline = &p->query },
			&number);
	if (r == 0 && wait)
		r = register_client(p,
				    1 << (ending == HALT ? STATE_STOPPED : STATE_RUNNING),
				    ending == REBOOT, registration);
	if (r < 0)
		return handle_not_running(c, r, err);
	if (answer.n_fds != 1)
		return error_set(err, -ESRCH, "container", "%s: init has ended", c->name);
	int sig = signal_for(c, ending, number.value);
	r = sys_pidfd_send_signal(answer.fds[0], sig);
	return r < 0 ? error_set(err, r, "signal", "init of %s with %d", c->name, sig)
		     : 0;
}

static int await_end(const struct place *p, enum ending ending, int fd, int timeout,
		     struct lxc_error **err)
{
	struct deadline d = deadline_in(timeout < 0 ? -1 : (int64_t)timeout * 1000);
	int wanted = ending == HALT ? STATE_STOPPED : STATE_RUNNING;
	int state = read_state(fd, &d);

	if (state == wanted)
		return 0;
	error_set(err, state < 0 ? state : -ECHILD,
		  ending == HALT ? "shut down" : "reboot", "%s", p->name);
	if (state == -ETIMEDOUT) {
		error_detail(err, "init has not ended after %d s", timeout);
		error_hint(err,
			   "wait longer, or kill the container: lxc-stop -k -P %s -n %s",
			   p->path, p->name);
	}
	return state < 0 ? state : -ECHILD;
}

/* A frozen container would not notice the signal. */
static int let_run(const struct place *p, struct lxc_error **err)
{
	struct control control = { p->path, p->name, &p->query };

	return control_freeze(&control, false, THAW_TIMEOUT_S, err);
}

static bool end_container(struct lxc_container *c, enum ending ending, int timeout,
			  bool stopped_is_fine)
{
	_cleanup_command_ struct command_result registration = { .connection = NO_FD };
	_cleanup_place_ struct place place = {};
	struct call call;

	if (!call_begin(&call, c))
		return false;
	int state = state_of(c), r = place_of(c, &place, &call.err);
	if (r == 0 && state == STATE_STOPPED)
		return call_end(
			&call, stopped_is_fine
				       ? 0
				       : handle_not_running(c, -ECONNREFUSED, &call.err));
	if (r == 0)
		r = ask_to_end(c, &place, ending, timeout != 0, &registration, &call.err);
	if (r == 0 && (state == STATE_FROZEN || state == STATE_FREEZING))
		r = let_run(&place, &call.err);
	if (r == 0 && timeout != 0) {
		call_unlock(&call);
		r = await_end(&place, ending, registration.connection, timeout,
			      &call.err);
		call_lock(&call);
	}
	return call_end(&call, r);
}

LXC_API bool lxc_container_shutdown(struct lxc_container *c, int timeout)
{
	return end_container(c, HALT, timeout, true);
}

LXC_API bool lxc_container_reboot(struct lxc_container *c)
{
	return end_container(c, REBOOT, 0, false);
}

LXC_API bool lxc_container_reboot2(struct lxc_container *c, int timeout)
{
	return end_container(c, REBOOT, timeout, true);
}
