print("labrunner")
