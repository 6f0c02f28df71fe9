-- Network connection profiles that the CSMS has set, by slot; '': the slot is empty. Slot 0: the one that worked last, with its slot.
CREATE TABLE network_profiles (
    slot INTEGER PRIMARY KEY,
    body TEXT NOT NULL
);
