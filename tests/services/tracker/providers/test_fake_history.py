"""Does the source whose history a test writes answer as the real ones do?"""

import pytest

from services.tracker.domain import Play
from tests.services.tracker.histories import FakeHistory
from tests.services.tracker.providers.history_contract import HEARD, HistoryContract, Kept


class TestTheFakeKeepsTheContractOfHistories(HistoryContract):
    @pytest.fixture
    def kept(self) -> Kept:
        return Kept(FakeHistory(Play(uts, title) for uts, title in HEARD), "whoever")
