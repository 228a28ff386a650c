/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /etc/passwd, line by line. */
#include "util/passwd.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/file.h"
#include "util/macro.h"

enum { FIELD_UID = 2, FIELD_SHELL = 6, FIELD_COUNT };

void passwd_shell(uid_t uid, char *ret, size_t size)
{
	_cleanup_free_ char *text = NULL;
	char *line, *rest, number[16];

	(void)snprintf(ret, size, "/bin/sh");
	(void)snprintf(number, sizeof(number), "%u", uid);
	if (file_read(AT_FDCWD, "/etc/passwd", &text, NULL) < 0)
		return;
	for (rest = text; (line = strsep(&rest, "\n"));) {
		char *fields[FIELD_COUNT] = {}, *field;

		for (size_t i = 0; i < FIELD_COUNT && (field = strsep(&line, ":")); i++)
			fields[i] = field;
		const char *shell = fields[FIELD_SHELL];
		if (!shell || strcmp(fields[FIELD_UID], number))
			continue;
		if (*shell && strlen(shell) < size && access(shell, X_OK) == 0)
			(void)snprintf(ret, size, "%s", shell);
		return;
	}
}
