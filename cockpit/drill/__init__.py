"""The fault drill: the real desk and store on a practice exchange full of faults, in virtual time, from a seed."""
