"""What is asked of whom, when, and with which answer?"""
