"""Messages of an MQTT broker (3.1.1): positions and status keys of vehicles, and readings of sensors.

``broker`` is where and as whom to connect, ``taking`` what becomes of a message, by the same ways as over HTTP,
``subscriber`` the one process that listens, and ``state`` what the faces say of it.  Topics, in which a name with
``/``, ``+``, ``#`` or ``%`` is percent-encoded:

- ``ngis/vehicles/{call_sign}/position``: a report with a position, or an array of them (``services.tracking.reports``);
- ``ngis/vehicles/{call_sign}/status``: the same with a status key;
- ``ngis/sensors/{sensor_id}``: a reading, or an array of them (``services.sensors.readings``).
"""
