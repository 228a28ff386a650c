/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Start many containers at once, a thread for each, and stop them all:
 *
 *	cc -pthread -o many many.c $(pkg-config --cflags --libs lxc)
 *	./many PREFIX PATH NUMBER
 *
 * Each is an application container that runs sleep(1) of the host; none leaves a file.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <lxc/lxc.h>

#define MAX 1024

struct task {
	char name[64];
	const char *path;
	pthread_t thread;
	struct lxc_container *container;
	int started;
};

static struct task tasks[MAX];

static void *start(void *argument)
{
	char *command[] = { (char[]){ "sleep" }, (char[]){ "1000" }, NULL };
	struct task *t = argument;

	t->container = lxc_container_new(t->name, t->path);
	t->started =
		t->container &&
		lxc_container_set_config_item(t->container, "lxc.uts.name", t->name) &&
		lxc_container_start(t->container, 1, command);
	if (!t->started)
		fprintf(stderr, "%s\n", lxc_error_message(lxc_last_error()));
	return NULL;
}

static void *stop(void *argument)
{
	struct task *t = argument;

	if (t->started && !lxc_container_stop(t->container))
		fprintf(stderr, "%s\n", lxc_error_message(lxc_last_error()));
	lxc_container_put(t->container);
	return NULL;
}

static void at_once(void *(*function)(void *), long n)
{
	for (long i = 0; i < n; i++)
		if (pthread_create(&tasks[i].thread, NULL, function, &tasks[i]) != 0)
			abort();
	for (long i = 0; i < n; i++)
		pthread_join(tasks[i].thread, NULL);
}

int main(int argc, char *argv[])
{
	long n = argc < 4 ? 0 : strtol(argv[3], NULL, 10), running = 0;

	if (n < 1 || n > MAX)
		return fprintf(stderr, "usage: %s PREFIX PATH NUMBER\n", argv[0]), 2;
	for (long i = 0; i < n; i++) {
		snprintf(tasks[i].name, sizeof(tasks[i].name), "%s%ld", argv[1], i);
		tasks[i].path = argv[2];
	}
	at_once(start, n);
	for (long i = 0; i < n; i++)
		running += tasks[i].started &&
			   lxc_container_init_pid(tasks[i].container) > 0;
	printf("%ld of %ld containers run\n", running, n);
	at_once(stop, n);
	return running == n ? 0 : 1;
}
