/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Everything that liblxc offers. */
#ifndef LXC_LXC_H
#define LXC_LXC_H

#include <lxc/attach_options.h>
#include <lxc/container.h>
#include <lxc/doctor.h>
#include <lxc/error.h>
#include <lxc/event.h>
#include <lxc/lxccontainer.h>
#include <lxc/record.h>
#include <lxc/userns.h>
#include <lxc/version.h>

#endif
