"""The parts of the page Workers: what is wrong in words, workers, queues, breakers, dead letters."""
