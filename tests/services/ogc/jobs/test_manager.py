"""Why pygeoapi's own managers run nothing here: the defect is still there."""

from tests.services.ogc.test_patches import unpatched

# While the first request is between "which process" and "run it", another one comes: here exactly then.
_TWO_REQUESTS = """
from pygeoapi.process.base import BaseProcessor
from pygeoapi.process.manager.base import BaseManager

class Answering(BaseProcessor):
    def __init__(self, name):
        super().__init__({"name": name}, {"id": name, "jobControlOptions": ["sync-execute"]})
        self.who = name
    def set_job_id(self, job_id):
        if self.who == "slow":
            manager.execute_process("fast", {})
    def execute(self, data, outputs=None):
        return "application/json", self.who

class Manager(BaseManager):
    def get_processor(self, process_id):
        return Answering(process_id)
    def add_job(self, job_metadata):
        return job_metadata["identifier"]
    def update_job(self, job_id, update_dict):
        return True

manager = Manager({"name": "x"})
print(manager.execute_process("slow", {})[2])
"""


def test_upstream_runs_the_process_of_whoever_asked_last() -> None:
    assert unpatched(_TWO_REQUESTS) == "fast"
