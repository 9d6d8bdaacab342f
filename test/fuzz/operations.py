"""The operations of random programs, by name: meaning, text and derivative of each."""

from channelwise import CHANNELWISE
from elementwise import ELEMENTWISE

OPERATIONS = {**ELEMENTWISE, **CHANNELWISE}
