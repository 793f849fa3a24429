# mypy: ignore-errors
"""Run by jira820's own Python: an empty project of a Jira 8.20, in which who calls is who did it. Arguments: port, project, logins.

By itself jira820 has one user, and all that is done happens at nine o'clock. What it is asked and what it answers is left to it.
"""

import base64
import sys
from datetime import UTC, datetime

import uvicorn
from jira820.config import Config
from jira820.server import make_app
from jira820.store import JiraError, Store
from starlette.responses import JSONResponse

STATUSES = [["Open", "todo", "1"], ["In Progress", "inprogress", "3"], ["Resolved", "done", "5"]]


class Site(Store):
    @property
    def now(self):
        return datetime.now(UTC).date()

    def create_issue(self, fields):
        told = super().create_issue({**fields, "reporter": {"name": self.config.current_user}})
        self._stamp(told["key"], "tcreated")
        return told

    def update_issue(self, key, fields):
        super().update_issue(key, fields)
        self._stamp(key)

    def transition_issue(self, key, transition_id, fields=None, update=None):
        super().transition_issue(key, transition_id, fields, update)
        self._stamp(key)
        self.get_issue(key)["changelog"][-1] |= {"author": self.config.current_user, "time": _hour()}

    def add_comment(self, key, body, author="admin"):
        told = super().add_comment(key, body, author)
        self._stamp(key)
        return told

    def add_attachment(self, key, filename, mimetype, data, author="admin"):
        found = super().add_attachment(key, filename, mimetype, data, self.config.current_user)
        self._stamp(key)
        return found

    def _stamp(self, key, *also):
        self.get_issue(key).update(dict.fromkeys(("tupdated", *also), _hour()))


def _hour():
    return datetime.now(UTC).strftime("%H:%M:%S")


def main(port, project, logins):
    config = Config(project_key=project, project_name=project, statuses=STATUSES, issue_types=[["Incident", "1"]])
    site = Site(config, seed=False)
    site.users = {login: {"name": login, "displayName": login.title()} for login in logins}
    app = make_app(site)

    @app.middleware("http")
    async def known(request, go_on):
        login = base64.b64decode(request.headers.get("authorization", "").removeprefix("Basic ")).decode().partition(":")[0]
        if login not in site.users:
            return JSONResponse(JiraError(401, "Login Required").body(), status_code=401)
        config.current_user = login
        return await go_on(request)

    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
