"""Cut a total into children. Pure planners, one file each: the desk works what they return.

Whatever they plan sums exactly to the total, each child a whole number of lots within its bounds, all inside the
window. What has no such plan is refused before anything is sent. Randomness is passed in as a function that draws.
"""
