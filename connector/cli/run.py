"""``connector run``: the daemon itself."""

from __future__ import annotations

import logging
import os

from connector.cli import show
from connector.daemon import logs
from connector.daemon.daemon import Daemon


def run(config: show.ConfigOption = None) -> None:
    """Run until SIGTERM or Ctrl-C; stops in order within daemon.stop_s seconds."""
    configuration = show.settings(config)
    daemon = configuration.settings.daemon
    logs.configure(daemon.log, daemon.log_level)
    with show.reported():
        Daemon(configuration).run()
    # The stop was orderly and is written down. A read that still hangs in a thread must not keep the process.
    logging.shutdown()
    os._exit(0)
