"""The description is valid OpenAPI 3.1, says what the contracts say, and holds under fire: generated requests, good and bad."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.generation import GenerationMode
from schemathesis.openapi.checks import UnsupportedMethodResponse
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from tests.gateway.running import RunningGateway, settings_for
from tests.gateway.trial import TrialServer
