#pragma once
#include <libaio.h>
/* What tells that a write is over. */
#include <sys/eventfd.h>
