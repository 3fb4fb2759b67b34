"""When things run: a sync of an instance, the loop on its schedule, the machine it runs on."""
